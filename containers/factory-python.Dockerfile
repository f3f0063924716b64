# A factory for Python work: the base, and what its repositories are tested with.
#
#   docker build -f containers/factory-python.Dockerfile -t orchestrator/factory-python:1 .
ARG BASE=orchestrator/factory-base:1
FROM ${BASE}

USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-pip python3-pytest python3-dev gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
USER 10001:10001
