{% include "inherited.csh" %}
# The answer is a command a line; a newline in a value is $_venvars_n in it.
set _venvars_n = '\
'
set _venvars_question = ( {{ export.program }}{% for argument in export.arguments %} {{ argument }}{% endfor %} csh )
if ( ! $?tcsh ) set _venvars_question = ( $_venvars_question:q --bsd )
if ( ! -x $_venvars_question[1]:q ) set _venvars_question[1] = venvars
# bsd-csh takes quoted words for patterns here.
set _venvars_glob = $?noglob
set noglob
set _venvars_answer = ( "`$_venvars_question:q`" )
# (A foreach would run what stands between backticks in a value.)
while ( $#_venvars_answer )
    eval $_venvars_answer[1]:q
    shift _venvars_answer
end
if ( ! $_venvars_glob ) unset noglob
unset _venvars_glob _venvars_n _venvars_question _venvars_answer
