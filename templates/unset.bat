@if not defined _VENVARS goto :_venvars_undone
@for %%n in (%_VENVARS%) do @(
    set "%%n="
    if defined _VENVARS_OLD_%%n (
        setlocal EnableDelayedExpansion
        for /f delims^=^ eol^= %%v in ("!_VENVARS_OLD_%%n!") do @(
            endlocal
            set "%%n=%%v"
        )
        set "_VENVARS_OLD_%%n="
    )
)
@set "_VENVARS="
:_venvars_undone
