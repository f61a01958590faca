if ( $?_VENVARS ) then
    # Inherited from a shell in which a venv is active: this one has no way back of its own.
    foreach _venvars_name ( $_VENVARS )
        eval "set _venvars_found = "\$"?_VENVARS_OLD_$_venvars_name"
        if ( $_venvars_found ) eval "setenv $_venvars_name "\$"_VENVARS_OLD_${_venvars_name}:q"
        if ( ! $_venvars_found ) unsetenv $_venvars_name
        unsetenv _VENVARS_OLD_$_venvars_name
    end
    unset _venvars_name _venvars_found
    unsetenv _VENVARS
endif
# The way back: words for eval, chosen now. (An alias for each would end in bsd-csh's "Alias loop".)
set _venvars_undo = ( 'unsetenv _VENVARS' ';' 'unset _venvars_undo' ';' )
{%- for variable in variables %}
{%- let name = variable.name|safe %}
if ( $?{{ name }} ) eval 'setenv _VENVARS_OLD_{{ name }} ${{ name }}:q'
if ( $?{{ name }} ) set _venvars_undo = ( $_venvars_undo:q 'setenv {{ name }} $_VENVARS_OLD_{{ name }}:q' ';' 'unsetenv _VENVARS_OLD_{{ name }}' ';' )
if ( ! $?{{ name }} ) set _venvars_undo = ( $_venvars_undo:q 'unsetenv {{ name }}' ';' )
{%- if variable.pieces.len() > 1 %}
# bsd-csh holds no word of more than 8185 bytes.
set _venvars_pieces = ({% for piece in variable.pieces %} {{ piece }}{% endfor %} )
if ( $?tcsh ) eval 'setenv {{ name }} "{% for piece in variable.pieces %}$_venvars_pieces[{{ loop.index|safe }}]:q{% endfor %}"'
if ( ! $?tcsh ) echo 'venvars: {{ name }} is not set: bsd-csh holds no value of more than 8185 bytes' >! /dev/stderr
unset _venvars_pieces
{%- else %}
setenv {{ name }} {{ variable.value }}
{%- endif %}
{%- endfor %}
setenv _VENVARS '{% for variable in variables %}{{ variable.name|safe }} {% endfor %}'
