{% include "inherited.csh" %}
{% include "set.csh" %}{%- if let Some(secrets) = export.secrets %}
# bsd-csh cannot compare the age of files.
set _venvars_secrets = {{ secrets }}
set _venvars_script = "$VIRTUAL_ENV:q/bin/activate.csh"
set _venvars_stale = 0
if ( $?tcsh ) then
    if ( -e $_venvars_secrets:q ) eval 'if ( -M $_venvars_secrets:q > -M $_venvars_script:q ) set _venvars_stale = 1'
endif
if ( $_venvars_stale ) echo 'venvars: this script is older than secrets.toml; run: venvars apply' >! /dev/stderr
unset _venvars_secrets _venvars_script _venvars_stale
{%- endif %}
