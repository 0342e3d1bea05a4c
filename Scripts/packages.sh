# Sourced by the scripts beside it: names the system packages that Pare needs and installs what is missing.

# True where every package that is named has its files in place.
installed() {
    local name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || return 1
    done
}

# Installs the named Debian packages that are missing; elsewhere says what is needed and how to get it.
need() {
    local missing=() name
    if ! command -v dpkg-query >/dev/null; then
        names_elsewhere "$@"
        return
    fi
    for name in "$@"; do
        installed "$name" || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local become=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Missing packages: ${missing[*]}. As root: apt-get install ${missing[*]}" >&2
            exit 69
        fi
        become=(sudo)
    fi
    echo "Installing ${missing[*]}" >&2
    "${become[@]}" apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive "${become[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# On systems without dpkg: nothing is installed; the headers are looked for, and what is missing is named.
names_elsewhere() {
    local missing=()
    have_header ncursesw/curses.h || have_header ncurses.h || missing+=("ncurses with wide characters")
    have_header dnnl.h || have_header oneapi/dnnl/dnnl.h || missing+=("oneDNN")
    have_header zlib.h || missing+=("zlib")
    have_header sqlite3.h || missing+=("SQLite")
    have_header openssl/evp.h || missing+=("OpenSSL's libcrypto")
    have_header png.h || missing+=("libpng")
    printf '#include <stdio.h>\n#include <jpeglib.h>\n' | cc -E -x c - >/dev/null 2>&1 || missing+=("libjpeg-turbo")
    [ ${#missing[@]} -eq 0 ] && return
    printf 'Missing: %s (development files). On Debian these are: %s\n' "$(IFS=,; echo "${missing[*]}")" "$*" >&2
    exit 69
}

have_header() { echo "#include <$1>" | cc -E -x c - >/dev/null 2>&1; }

# Stops with a message where there is no Swift 6.
need_swift() {
    if ! command -v swift >/dev/null; then
        echo "Swift 6 is needed and 'swift' is not on the PATH: see https://www.swift.org/install" >&2
        exit 69
    fi
}

# Builds for release: the arguments are those of `swift build`. Without debug information it takes less time; names of functions, which
# backtraces show, stay in the symbol table.
build_release() { swift build -c release -debug-info-format none --package-path "$root" "$@" >&2; }

build_packages=(libncurses-dev libdnnl-dev zlib1g-dev libsqlite3-dev libssl-dev libpng-dev libjpeg62-turbo-dev)
data_packages=(dataset-fashion-mnist)
test_packages=(tmux gcc libc6-dev python3-venv)
benchmark_packages=(xz-utils zstd)
package_packages=(dpkg-dev binutils python3 xz-utils git)
device_packages=(gcc-arm-none-eabi qemu-system-arm)
proof_packages=(mmdebstrap tmux)
