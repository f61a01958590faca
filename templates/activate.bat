@rem Written by `venvars apply`, removed by `venvars remove`.
@rem The values come from secrets.toml: change them there and run `venvars apply`.
@goto :_venvars_main
:_venvars_copy
@rem Gives the variable %1 what %2 holds, whatever that is: it is never a part of a line that is parsed.
@if "!!"=="" goto :_venvars_copy_delayed
@setlocal EnableDelayedExpansion
@for /f "delims=" %%v in ("%1=!%2!") do @endlocal & @set "%%v" & @goto :eof
:_venvars_copy_delayed
@set "%1=!%2!"
@goto :eof
:_venvars_keep
@set "_VENVARS_OLD_%1="
@if defined %1 call :_venvars_copy _VENVARS_OLD_%1 %1
@goto :eof
:_venvars_begin
@set "_VENVARS=%* "
:_venvars_keep_all
@for %%n in (%_VENVARS%) do @call :_venvars_keep %%n
@goto :eof
:_venvars_add
@call :_venvars_keep %1
@set "_VENVARS=%_VENVARS%%1 "
@goto :eof
:_venvars_unset
@rem The list may be inherited, so it may hold anything: only names that venvars sets are taken from it.
@if not defined _VENVARS goto :eof
@setlocal EnableDelayedExpansion
@set "_venvars_good=A B "
@set "_venvars_odd="
@rem cmd.exe takes a turn only for a text with another character than these. Wine takes one for every text, even for a good one.
@for /f "delims=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789 " %%x in ("x!_VENVARS!") do @set "_venvars_odd=1"
@for /f "delims=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789 " %%x in ("x!_venvars_good!") do @set "_venvars_odd="
@if defined _venvars_odd goto :_venvars_drop
@endlocal
@for %%n in (%_VENVARS%) do @call :_venvars_undo %%n
@set "_VENVARS="
@goto :eof
:_venvars_drop
@endlocal
@set "_VENVARS="
@goto :eof
:_venvars_undo
@setlocal
@set "_venvars_name=%1"
@set "_venvars_refused= PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath SYSTEMROOT WINDIR SYSTEMDRIVE PROMPT "
@call set "_venvars_rest=%%_venvars_refused: %1 =%%"
@if not "%_venvars_rest%"=="%_venvars_refused%" goto :_venvars_refuse
@if /i "%_venvars_name:~0,8%"=="_VENVARS" goto :_venvars_refuse
@if /i "%_venvars_name:~0,13%"=="_OLD_VIRTUAL_" goto :_venvars_refuse
@if /i "%_venvars_name:~0,10%"=="BASH_FUNC_" goto :_venvars_refuse
@if /i "%_venvars_name:~0,8%"=="VENVARS_" goto :_venvars_refuse
@endlocal
@set "%1="
@if defined _VENVARS_OLD_%1 call :_venvars_copy %1 _VENVARS_OLD_%1
@set "_VENVARS_OLD_%1="
@goto :eof
:_venvars_refuse
@endlocal
@goto :eof
:_venvars_main
@call :_venvars_unset
