# Sourced by the scripts beside it: Python environments with packages of fixed versions from PyPI, for tests and measurements.

numpy=numpy==2.4.6 onnx=onnx==1.23.2 onnxruntime=onnxruntime==1.32.0
# Of the usual networks: PyTorch with its exporters.
network_packages=("$numpy" "$onnx" "$onnxruntime" torch==2.15.0 torchvision==0.29.2 onnxscript==0.7.2)

# environment FOLDER PACKAGE…: makes the environment, or makes it anew where the packages are others. Fails where PyPI can't be reached.
environment() {
    local folder="$1" && shift
    printf '%s\n' "$@" | cmp -s - "$folder/packages.txt" && return
    [ -x "$folder/bin/python" ] || python3 -m venv "$folder" || return 1
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || return 1
    printf '%s\n' "$@" >"$folder/packages.txt"
}
