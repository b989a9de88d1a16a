#!/usr/bin/env bash
# Installs @tensorflow/tfjs-node (or -gpu) on Linux x86_64 from package registries alone.
#
# `npm install @tensorflow/tfjs-node` downloads libtensorflow and a prebuilt addon from a storage host that many
# proxies block. The same library is in TensorFlow's wheel on PyPI, so this script takes it from there and
# compiles the addon, which links only to TensorFlow's stable C API.
set -euo pipefail

TFJS_VERSION=4.22.0
LIBTENSORFLOW=2.9.1 # the name that tfjs-node's own install script looks for; the library may be newer
WHEEL_VERSION=2.15.1

usage() {
  cat <<TEXT
Usage: install-tfjs-node.sh [--gpu] [--wheel FILE] [--into DIR]

Installs @tensorflow/tfjs-node $TFJS_VERSION out of PyPI's TensorFlow $WHEEL_VERSION, for Linux on x86_64.
package.json and package-lock.json stay as they are, so the next npm ci or npm install removes it: run this again
then. The wheel stays in the cache.

  --gpu         @tensorflow/tfjs-node-gpu, for NVIDIA GPUs with CUDA 12.2 and cuDNN 8; replaces the one for CPUs
  --wheel FILE  a wheel that was downloaded elsewhere (tensorflow_cpu-$WHEEL_VERSION-cp310-*.whl; for --gpu
                tensorflow-$WHEEL_VERSION-cp310-*.whl) instead of asking PyPI
  --into DIR    the project, with its node_modules (default: the current folder)

Needs node, npm, python3 with pip, make and g++. About two minutes and 2 GB of disk (--gpu 4 GB).
Environment: XDG_CACHE_HOME (default ~/.cache) keeps the wheel; NODE_HEADERS is a folder that has
include/node/node_api.h (default: beside the node command, else node-gyp downloads them).
TEXT
}

fail() {
  echo "install-tfjs-node.sh: $*" >&2
  exit 1
}

step() { echo "[${SECONDS}s] $*"; }

parse_arguments() {
  package=@tensorflow/tfjs-node wheel_name=tensorflow-cpu wheel="" project=$PWD
  while [ $# -gt 0 ]; do
    case $1 in
      --gpu) package=@tensorflow/tfjs-node-gpu wheel_name=tensorflow ;;
      --wheel | --into)
        [ $# -ge 2 ] || fail "$1 needs a value; see --help"
        if [ "$1" = --wheel ]; then wheel=$(realpath "$2"); else project=$(realpath "$2"); fi
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) fail "unknown argument '$1'; see --help" ;;
    esac
    shift
  done
}

check_machine() {
  local system
  system="$(uname -s) $(uname -m)"
  [ "$system" = "Linux x86_64" ] || fail "works on Linux x86_64 only, this is $system: npm install $package@$TFJS_VERSION"
  for tool in node npm python3 make g++; do
    command -v "$tool" >/dev/null || fail "needs $tool, which is not on the PATH (Debian: apt-get install nodejs npm python3 python3-pip make g++)"
  done
  [ -n "$wheel" ] || python3 -m pip --version >/dev/null 2>&1 || fail "needs pip for python3 (Debian: apt-get install python3-pip)"
  [ -z "$wheel" ] || [ -f "$wheel" ] || fail "no such wheel: $wheel"
  [ -f "$project/package.json" ] || fail "$project has no package.json: run this in your project's folder, or name it with --into"
  [ -d "$project/node_modules" ] || fail "$project has no node_modules: run npm ci there first"
}

download_wheel() {
  [ -z "$wheel" ] || return 0
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/linkwright
  mkdir -p "$cache"
  step "downloading $wheel_name $WHEEL_VERSION from PyPI (kept in $cache)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$cache" \
    --python-version 310 --implementation cp --abi cp310 --platform manylinux_2_17_x86_64 \
    "$wheel_name==$WHEEL_VERSION" || fail "pip could not download $wheel_name $WHEEL_VERSION; give the file with --wheel"
  wheel=$(find "$cache" -name "${wheel_name//-/_}-$WHEEL_VERSION-cp310-*.whl" -print -quit)
  [ -n "$wheel" ] || fail "pip left no wheel of $wheel_name $WHEEL_VERSION in $cache"
}

install_package() {
  step "installing $package $TFJS_VERSION without its install script"
  # --save-prod: in linkwright's own checkout the package is an optional peer, which npm would leave out.
  (cd "$project" && npm install --no-save --save-prod --ignore-scripts --no-audit --no-fund --loglevel=error \
    "$package@$TFJS_VERSION") || fail "npm could not install $package"
  home=$project/node_modules/$package
  [ -f "$home/binding.gyp" ] || fail "npm did not put $package into $project/node_modules"
}

# The C API's headers and libraries, as deps/include and deps/lib of the package.
unpack_library() {
  step "unpacking libtensorflow from $(basename "$wheel")"
  rm -rf "$home/deps"
  python3 - "$wheel" "$home/deps" <<'PYTHON' || fail "$wheel is not a TensorFlow wheel with libtensorflow_cc.so.2 (2.12 to 2.15 have it)"
import os, shutil, sys, zipfile

HEADERS = tuple(
    "tensorflow/include/" + part
    for part in ("tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/", "tsl/platform/", "tsl/c/")
)
LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")

wheel, deps = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
names = wheel.namelist()
if any(library not in names for library in LIBRARIES):
    sys.exit(1)
for name in names:
    if name in LIBRARIES:
        target = os.path.join(deps, "lib", os.path.basename(name))
    elif name.startswith(HEADERS) and name.endswith(".h"):
        target = os.path.join(deps, "include", name[len("tensorflow/include/"):])
    else:
        continue
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with wheel.open(name) as source, open(target, "wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
PYTHON
  cd "$home/deps/lib"
  ln -s libtensorflow_cc.so.2 libtensorflow.so
  ln -s libtensorflow_cc.so.2 "libtensorflow.so.$LIBTENSORFLOW"
  ln -s libtensorflow_framework.so.2 libtensorflow_framework.so
  ln -s libtensorflow_framework.so.2 "libtensorflow_framework.so.$LIBTENSORFLOW"
}

compile_addon() {
  step "compiling the addon"
  local prefix log
  prefix=${NODE_HEADERS:-$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")}
  [ -f "$prefix/include/node/node_api.h" ] || prefix=""
  log=$(mktemp)
  # npm exec puts node-pre-gyp on the PATH and tells it where npm's own node-gyp is.
  if ! (cd "$project" && LDFLAGS="-Wl,--no-as-needed" npm exec --offline --call \
    "cd '$home' && node-pre-gyp install --build-from-source ${prefix:+--nodedir='$prefix'}") >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "the addon did not compile; its whole log is $log"
  fi
  rm -rf "$log" "$home/build"
}

verify() {
  step "verifying"
  (cd "$project" && TF_CPP_MIN_LOG_LEVEL=3 node -e '
    const util = require("node:util"); // Node 23 removed what tfjs-node 4.22 calls
    util.isNullOrUndefined = (value) => value === null || value === undefined;
    util.isArray = Array.isArray;
    const tf = require(process.argv[1]);
    const [[three], [seven]] = tf.matMul([[1, 2], [3, 4]], [[1], [1]]).arraySync();
    if (three !== 3 || seven !== 7) throw new Error(`wrong product: ${three}, ${seven}`);
    const { binding, isUsingGpuDevice } = tf.backend();
    const device = isUsingGpuDevice ? "a GPU" : "the CPU";
    console.log(`${process.argv[1]} ${tf.version.tfjs} works: libtensorflow ${binding.TF_Version} on ${device}`);
  ' "$package") || fail "$package was built but does not load"
}

parse_arguments "$@"
check_machine
download_wheel
install_package
unpack_library
compile_addon
verify
step "done"
