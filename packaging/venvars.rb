class Venvars < Formula
  desc "@DESCRIPTION@"
  homepage "@ADDRESS@"
  version "@VERSION@"
  license "@LICENSE@"

  on_macos do
    on_arm do
      url "@URL:aarch64-apple-darwin@"
      sha256 "@SUM:aarch64-apple-darwin@"
    end
    on_intel do
      url "@URL:x86_64-apple-darwin@"
      sha256 "@SUM:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@URL:aarch64-unknown-linux-musl@"
      sha256 "@SUM:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@URL:x86_64-unknown-linux-musl@"
      sha256 "@SUM:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "venvars"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/venvars.bash" => "venvars"
    zsh_completion.install "completions/_venvars"
    fish_completion.install "completions/venvars.fish"
  end

  test do
    assert_equal "venvars #{version}", shell_output("#{bin}/venvars --version").strip
  end
end
