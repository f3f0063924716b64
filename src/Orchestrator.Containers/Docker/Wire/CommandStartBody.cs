namespace Orchestrator.Containers.Docker.Wire;

internal sealed record CommandStartBody(bool Detach, bool Tty);
