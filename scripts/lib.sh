# shellcheck shell=bash
# What demo.sh, test.sh and .ci/run share: make sure the tools are there, install what is missing, say what is done.
# Sourced, not run. Debian and Ubuntu are tested; the other package managers below are written from their manuals and
# NOT tested.

say() { printf '==> %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    [ "$#" -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# The package that brings a tool, by package manager.
package_of() {
    case "$1:$2" in
        cc:apt-get) echo "gcc libc6-dev" ;;
        cc:apk) echo "gcc musl-dev" ;;
        cc:brew) echo "gcc" ;;
        cc:*) echo "gcc" ;;
        *) echo "$1" ;;
    esac
}

manager() {
    local m
    for m in apt-get dnf pacman zypper apk brew; do
        if have "$m"; then
            echo "$m"
            return 0
        fi
    done
    return 1
}

# Prints the command line that installs the packages given after the manager's name.
install_line() {
    local m=$1
    shift
    case "$m" in
        apt-get) echo "apt-get install -y --no-install-recommends $*" ;; # tested on Debian 12
        dnf) echo "dnf install -y $*" ;;                                 # untested
        pacman) echo "pacman -S --noconfirm --needed $*" ;;              # untested
        zypper) echo "zypper --non-interactive install $*" ;;            # untested
        apk) echo "apk add $*" ;;                                        # untested
        brew) echo "brew install $*" ;;                                  # untested
    esac
}

# True if the person agrees. Nobody there to ask means no; CI=true or ARCHTUI_YES=1 means yes.
agree() {
    if [ "${CI:-}" = true ] || [ "${ARCHTUI_YES:-}" = 1 ]; then
        return 0
    fi
    [ -t 0 ] || return 1
    local answer
    read -r -p "    Run this now? [y/N] " answer
    case "$answer" in [yY]*) return 0 ;; *) return 1 ;; esac
}

# need TOOL…: installs the tools that are missing. As root it just does it and says so; otherwise it asks before sudo.
need() {
    local tool m line sudo="" missing=() packages=()
    for tool in "$@"; do
        have "$tool" || missing+=("$tool")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    m=$(manager) || die "missing: ${missing[*]}" "No known package manager was found: install them and run this again."
    for tool in "${missing[@]}"; do
        packages+=("$(package_of "$tool" "$m")")
    done
    # Unquoted on purpose: one entry may name two packages.
    # shellcheck disable=SC2068
    line=$(install_line "$m" ${packages[@]})
    if [ "$m" != brew ] && [ "$(id -u)" -ne 0 ]; then
        have sudo || die "missing: ${missing[*]}" "As root, run: $line"
        sudo="sudo "
        say "missing: ${missing[*]}. To install: $sudo$line"
        agree || die "${missing[*]} not installed" "Run it yourself, then this script again: $sudo$line"
    else
        say "missing: ${missing[*]}. Installing: $line"
    fi
    if [ "$m" = apt-get ]; then
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086
        ${sudo} apt-get -o Acquire::Retries=3 -qq update </dev/null >&2
    fi
    # shellcheck disable=SC2086
    ${sudo} $line </dev/null >&2 || die "could not install ${packages[*]}" "It was tried with: $sudo$line"
    for tool in "${missing[@]}"; do
        have "$tool" || die "$tool is still missing after: $sudo$line"
    done
}

# True if version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Rust is not installed by us: it is a choice (rustup, distribution, Nix) and a big one. We say how.
need_rust() {
    local wanted found
    if ! have cargo && [ -x "${CARGO_HOME:-${HOME:-/root}/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-${HOME:-/root}/.cargo}/bin:$PATH"
        export PATH
    fi
    wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)
    have cargo || die "cargo (Rust $wanted or newer) is missing" \
        "Get it:  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal" \
        "then:    . \"\$HOME/.cargo/env\"   and run this again." \
        "(No curl? On Debian and Ubuntu: apt-get install curl ca-certificates.  More ways: https://www.rust-lang.org/tools/install)"
    found=$(cargo --version | cut -d ' ' -f 2 | cut -d - -f 1)
    at_least "$found" "$wanted" || die "cargo $found is too old: archtui needs Rust $wanted or newer" \
        "With rustup: rustup update stable.   Without: https://www.rust-lang.org/tools/install"
}
