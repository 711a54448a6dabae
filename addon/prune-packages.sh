#!/bin/sh
# Deletes what other platforms would need from installed packages: prune-packages.sh <node_modules>
set -eu
modules=$1
case "$(uname -m)" in
  aarch64 | arm64) this=arm64 other=x64 ;;
  x86_64 | amd64) this=x64 other=arm64 ;;
  *) echo "There are no inference libraries for $(uname -m)." >&2; exit 1 ;;
esac

ort=$modules/onnxruntime-node/bin/napi-v6
if [ -d "$ort" ]; then
  rm -rf "$ort/darwin" "$ort/win32" "$ort/linux/$other"
  # Accelerators of graphics cards; the CPU provider is in the main library.
  rm -f "$ort/linux/$this"/libonnxruntime_providers_cuda.so "$ort/linux/$this"/libonnxruntime_providers_tensorrt.so
fi
rm -rf "$modules/vosk/lib/osx-x86_64" "$modules/vosk/lib/win-x86_64"
# Vosk is published for x86-64 alone.
[ "$this" = x64 ] || rm -rf "$modules/vosk/lib"
# Of what was compiled only the libraries themselves.
for built in "$modules/naudiodon" "$modules/segfault-handler"; do
  [ -d "$built/build" ] || continue
  mkdir "$built/kept" && mv "$built"/build/Release/*.node "$built/kept/"
  rm -rf "$built/build" "$built/portaudio" "$built/src" "$built/scratch" "$built/binding.gyp"
  mkdir "$built/build" && mv "$built/kept" "$built/build/Release"
done
rm -rf "$modules/nan"
find "$modules" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
find "$modules" -type d \( -name test -o -name tests -o -name example -o -name examples -o -name docs \) \
  -not -path '*/dist/*' -not -path '*/lib/*' -prune -exec rm -rf {} +
find "$modules" -type d -empty -delete
