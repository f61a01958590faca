# Gives back what the variables held before activation.
if ( $?_venvars_undo ) eval "eval "\$"_venvars_undo:q"
