# Debian, not Alpine: the inference libraries are built against glibc.
ARG BUILD_FROM=ghcr.io/home-assistant/base-debian:trixie
ARG NODE_FROM=docker.io/library/node:24-trixie-slim

FROM ${NODE_FROM} AS build
# What compiles the PortAudio binding. Of the ALSA plugins only the way to PulseAudio is taken: the others bring all of
# FFmpeg with them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ libpulse0 make portaudio19-dev python3 \
    && cd /tmp && apt-get download libasound2-plugins && dpkg-deb -x libasound2-plugins_*.deb plugins \
    && mkdir /opt/alsa && cd plugins && cp --parents usr/lib/*/alsa-lib/*_pulse.so /opt/alsa/ \
    && rm -rf /tmp/plugins /tmp/libasound2-plugins_*.deb /var/lib/apt/lists/*
WORKDIR /opt/irene
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run --silent build && rm -f dist/.tsbuildinfo && find dist -name '*.map' -delete
# Only what runs stays: no development packages, and native libraries of this platform alone.
COPY addon/build-audio.sh addon/prune-packages.sh /tmp/
RUN npm ci --omit=dev --ignore-scripts --loglevel=error \
    && sh /tmp/build-audio.sh . \
    && sh /tmp/prune-packages.sh node_modules

FROM ${BUILD_FROM}
ARG BUILD_VERSION=0.1.0
ARG BUILD_ARCH=amd64

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        bzip2 \
        ca-certificates \
        espeak-ng \
        libgomp1 \
        libportaudio2 \
        libstdc++6 \
        pulseaudio-utils \
    && rm -rf /var/lib/apt/lists/* /usr/share/doc/* /usr/share/man/*

COPY --from=build /opt/alsa /
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /opt/irene/node_modules /opt/irene/node_modules
COPY --from=build /opt/irene/dist /opt/irene/dist
COPY package.json /opt/irene/
COPY models /opt/irene/models
COPY addon/python /opt/irene/addon/python
COPY addon/web /opt/irene/addon/web
COPY rootfs /
RUN ln -s /opt/irene/dist/cli.js /usr/local/bin/irene && chmod +x /opt/irene/dist/cli.js

# The ports are part of the image: discovery, ingress and the health check count on them.
ENV IRENE_DATA_DIR=/data \
    IRENE_WYOMING__PORT=10300 \
    IRENE_HTTP__PORT=8099 \
    ORT_DISABLE_TELEMETRY=1

# A describe round trip. Says nothing about models: a long first download must not look like a fault.
HEALTHCHECK --interval=60s --timeout=5s --start-period=60s --start-interval=2s --retries=3 \
    CMD ["/usr/local/bin/irene-describes"]

LABEL \
    io.hass.name="Irene Edge" \
    io.hass.description="Speech to text, text to speech and wake words, kept warm inside a memory budget" \
    io.hass.type="addon" \
    io.hass.version="${BUILD_VERSION}" \
    io.hass.arch="${BUILD_ARCH}" \
    org.opencontainers.image.title="Irene Edge" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.source="https://github.com/irene-edge/irene-edge" \
    org.opencontainers.image.version="${BUILD_VERSION}"
