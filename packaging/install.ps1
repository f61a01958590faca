# Installs venvars @VERSION@ for you only, into $env:VENVARS_INSTALL_DIR, else %LOCALAPPDATA%\Programs\venvars:
#
#   irm @ADDRESS@/releases/latest/download/install.ps1 | iex
#
# The archive's checksum stands in here.
& {
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    # Windows PowerShell 5.1 offers an older one first.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    $machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    $target = switch ($machine) { 'AMD64' { 'x86_64-pc-windows-msvc' } 'ARM64' { 'aarch64-pc-windows-msvc' } }
    $name = "venvars-@VERSION@-$target"
    $sums = @{
@SUMS_PS1@
    }
    $expected = $sums["$name.zip"]
    if (-not $expected) { throw "venvars: there is no binary for Windows on $machine; with Rust: cargo install --locked venvars" }

    $folder = if ($env:VENVARS_INSTALL_DIR) { $env:VENVARS_INSTALL_DIR } else { Join-Path $env:LOCALAPPDATA 'Programs\venvars' }
    $work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
    $new = Join-Path $folder "venvars.$PID.new"
    $null = New-Item -ItemType Directory -Path $work
    try {
        $archive = Join-Path $work 'archive.zip'
        Invoke-WebRequest -UseBasicParsing -Uri "@ADDRESS@/releases/download/v@VERSION@/$name.zip" -OutFile $archive
        $found = (Get-FileHash -Algorithm SHA256 -LiteralPath $archive).Hash
        if ($found -ne $expected) { throw "venvars: $name.zip is not what was released: its SHA-256 is $found instead of $expected" }
        Expand-Archive -LiteralPath $archive -DestinationPath $work
        $null = New-Item -ItemType Directory -Force -Path $folder
        Copy-Item -LiteralPath (Join-Path (Join-Path $work $name) 'venvars.exe') -Destination $new
        Move-Item -Force -LiteralPath $new -Destination (Join-Path $folder 'venvars.exe')
    } finally {
        Remove-Item -Recurse -Force -LiteralPath $work
        Remove-Item -Force -LiteralPath $new -ErrorAction Ignore
    }
    "installed venvars @VERSION@ in $folder"
    if (($env:PATH -split [IO.Path]::PathSeparator) -notcontains $folder) {
        "that is not on your PATH; add it: [Environment]::SetEnvironmentVariable('Path', '$folder;' + [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
    }
}
