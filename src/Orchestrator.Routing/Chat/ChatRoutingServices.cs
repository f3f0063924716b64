using System.Diagnostics.Metrics;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Chat;

/// <summary>What a routed chat client uses of its host; all of it may be left out. Stays the caller's to dispose.</summary>
public sealed record ChatRoutingServices
{
    private const int MaxNameLength = 32;

    /// <summary>Makes the meter; <see langword="null"/> measures nothing.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>Writes decisions and outcomes down; <see langword="null"/> for nobody. One that serves another router as well does more work: it writes their settings anew at every change between the two.</summary>
    public RoutingRecorder? Recorder { get; init; }

    /// <summary>Where budgets are reserved, and where <see cref="ProviderRoutingChatClient.State"/> is kept; <see langword="null"/> for nowhere. May be the one of the host's other router.</summary>
    public IRoutingStateStore? StateStore { get; init; }

    /// <summary>Keeps what is in the store apart from other routers on it; processes with the same name share their budgets. 1 to 32 ASCII letters, digits or dashes, no dash at the start.</summary>
    /// <value><c>chat</c> by default.</value>
    /// <exception cref="ArgumentException">The value is too long, empty, or holds other characters.</exception>
    public string StateName
    {
        get;
        init => field = value is { Length: > 0 and <= MaxNameLength } && value[0] != '-' && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
            ? value
            : throw new ArgumentException($"The name must be 1 to {MaxNameLength} ASCII letters, digits or dashes, with no dash at the start.", nameof(value));
    } = "chat";
}
