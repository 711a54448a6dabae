#!/bin/sh
# Builds the binding to PortAudio against the system's own: the one that comes with the package is for x86-64 alone.
#   build-audio.sh <folder with node_modules>; needs g++, make, python3, portaudio19-dev and the headers of this Node
set -eu
cd "$1"
module=node_modules/naudiodon
[ -d "$module" ] || exit 0
cp -L "$(c++ -print-file-name=libportaudio.so)" "$module/portaudio/bin/libportaudio.so.2"
cp /usr/include/portaudio.h "$module/portaudio/include/"
# The headers beside the running Node, so that none are downloaded and none of another version are taken.
prefix=$(node -p 'require("node:path").resolve(process.execPath, "../..")')
# One of its files uses std::string without saying so, which compilers since GCC 13 do not make up for.
CXXFLAGS="-include string" npm_config_nodedir=$prefix npm rebuild --foreground-scripts --loglevel=error segfault-handler naudiodon
# Loaded from the system from now on, with its fixes.
rm -f "$module/build/Release/libportaudio.so.2"
node -e 'require("naudiodon").getHostAPIs()' >/dev/null
