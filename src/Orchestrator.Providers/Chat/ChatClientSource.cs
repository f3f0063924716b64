using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat;

/// <summary>Makes the client when it is first needed. One that could not be made is tried again at the next use. Thread-safe: the container makes it once.</summary>
internal sealed class ChatClientSource(Func<IChatClient> create)
{
    private IChatClient? _client;

    /// <summary>The client; <see langword="null"/> when <see cref="Failure"/> says why there is none.</summary>
    public IChatClient? Value => Failure is null ? Volatile.Read(ref _client) : null;

    /// <summary>Why the client cannot be made now; <see langword="null"/> when it is there.</summary>
    public Exception? Failure
    {
        get
        {
            if (Volatile.Read(ref _client) is not null)
            {
                return null;
            }

            try
            {
                Volatile.Write(ref _client, create());
                return null;
            }
#pragma warning disable CA1031 // The maker is the host's own code: whatever it throws becomes the failure of this provider alone.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return exception;
            }
        }
    }
}
