@if not defined _VENVARS goto :_venvars_undone
@for %%n in (%_VENVARS%) do @call set "%%n=%%_VENVARS_OLD_%%n%%"
@for %%n in (%_VENVARS%) do @if not defined _VENVARS_OLD_%%n set "%%n="
@for %%n in (%_VENVARS%) do @set "_VENVARS_OLD_%%n="
@set "_VENVARS="
:_venvars_undone
