# Written by `venvars apply` and taken out by `venvars remove`. Gives back what the variables held before activation.
unsetenv _venvars_undo
if ( $?_venvars_undo ) eval "eval "\$"_venvars_undo:q"
