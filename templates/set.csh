# The way back: words for eval, chosen now. (An alias for each would end in bsd-csh's "Alias loop".)
set _venvars_undo = ( 'unsetenv _VENVARS' ';' 'unset _venvars_undo' ';' )
{%- for variable in export.variables %}
{%- let name = variable.name|safe %}
if ( $?{{ name }} ) eval 'setenv _VENVARS_OLD_{{ name }} ${{ name }}:q'
if ( $?{{ name }} ) set _venvars_undo = ( $_venvars_undo:q 'setenv {{ name }} $_VENVARS_OLD_{{ name }}:q' ';' 'unsetenv _VENVARS_OLD_{{ name }}' ';' )
if ( ! $?{{ name }} ) set _venvars_undo = ( $_venvars_undo:q 'unsetenv {{ name }}' ';' )
{%- if variable.pieces.len() > 1 %}
# bsd-csh holds no word of more than 8185 bytes, and between double quotes :q costs it a character.
set _venvars_pieces = ( )
{%- for piece in variable.pieces %}
set _venvars_pieces = ( $_venvars_pieces:q {{ piece }} )
{%- endfor %}
{%- if variable.is_long %}
if ( $?tcsh ) eval 'setenv {{ name }} {% for piece in variable.pieces %}$_venvars_pieces[{{ loop.index|safe }}]:q{% endfor %}'
if ( ! $?tcsh ) echo 'venvars: {{ name }} is not set: bsd-csh holds no value of more than 8185 bytes' >! /dev/stderr
{%- else %}
eval 'setenv {{ name }} {% for piece in variable.pieces %}$_venvars_pieces[{{ loop.index|safe }}]:q{% endfor %}'
{%- endif %}
unset _venvars_pieces
{%- else %}
setenv {{ name }} {{ variable.value }}
{%- endif %}
{%- endfor %}
setenv _VENVARS '{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}'
{%- if !export.defaults.is_empty() %}
# Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
{%- for variable in export.defaults %}
{%- let name = variable.name|safe %}
set _venvars_pieces = ( )
{%- for piece in variable.pieces %}
set _venvars_pieces = ( $_venvars_pieces:q {{ piece }} )
{%- endfor %}
set _venvars_new = 1
if ( $?{{ name }} ) set _venvars_new = 0
{%- if variable.is_long %}
if ( $_venvars_new && ! $?tcsh ) echo 'venvars: {{ name }} is not set: bsd-csh holds no value of more than 8185 bytes' >! /dev/stderr
if ( ! $?tcsh ) set _venvars_new = 0
{%- endif %}
if ( $_venvars_new ) set _venvars_undo = ( $_venvars_undo:q 'unsetenv {{ name }}' ';' )
if ( $_venvars_new ) setenv _VENVARS "${_VENVARS}{{ name }} "
if ( $_venvars_new ) eval 'setenv {{ name }} {% for piece in variable.pieces %}$_venvars_pieces[{{ loop.index|safe }}]:q{% endfor %}'
unset _venvars_pieces _venvars_new
{%- endfor %}
{%- endif %}
