# Written by `venvars apply`, removed by `venvars remove`. Gives back what the variables held before activation.
unsetenv _venvars_undo
if ( $?_venvars_undo ) eval "eval "\$"_venvars_undo:q"
