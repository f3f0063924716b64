# The base of every factory image: what an agent needs to work in a repository, and no secret.
#
#   docker build -f containers/factory-base.Dockerfile -t orchestrator/factory-base:1 .
#
# The folder to build from is the repository's root: the agents' versions are those that its tests run (tests/agents).
FROM node:24-bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl git patch python3 python3-venv ripgrep socat \
 && rm -rf /var/lib/apt/lists/*

# Claude Code, Codex, Copilot and Gemini, exactly as locked; nothing updates itself later, as the root file system is read-only.
COPY tests/agents/package.json tests/agents/package-lock.json /opt/agents/
RUN npm ci --prefix /opt/agents --no-audit --no-fund \
 && npm cache clean --force
ENV PATH=/opt/agents/node_modules/.bin:$PATH \
    DISABLE_AUTOUPDATER=1

COPY --chmod=755 containers/factory-entry.sh /usr/local/bin/factory-entry

# Nobody's user: a pool runs it without capabilities, without new privileges, and with only /work and memory to write to.
RUN useradd --create-home --uid 10001 agent \
 && install -d -o agent -g agent /work
USER 10001:10001
ENV HOME=/home/agent
WORKDIR /work
ENTRYPOINT ["factory-entry"]
