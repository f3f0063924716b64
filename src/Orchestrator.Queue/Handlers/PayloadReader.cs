using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Reads payloads of one type, and writes results.</summary>
internal sealed class PayloadReader
{
    private readonly JsonTypeInfo _payload;

    public PayloadReader(Type payload, TaskHandlerRegistration registration)
    {
        var options = registration.Options;
        try
        {
            _payload = options.PayloadType ?? options.Json.GetTypeInfo(payload);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{registration.Origin}, the handler of '{registration.Type}', has a payload {payload.Name} that JSON cannot hold: {error.Message}", error);
        }

        if (_payload.Type != payload)
        {
            throw new InvalidOperationException($"{registration.Origin}, the handler of '{registration.Type}', has the payload {payload.Name}, but its PayloadType is of {_payload.Type.Name}.");
        }
    }

    public bool TryRead(QueuedTask task, [NotNullWhen(true)] out object? payload, [NotNullWhen(false)] out TaskHandlerResult? failure)
    {
        string? place = null;
        try
        {
            payload = JsonSerializer.Deserialize(task.Payload, _payload);
            if (payload is not null)
            {
                failure = null;
                return true;
            }
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException or FormatException)
        {
            // The words of the exception may hold the payload; the place in it does not.
            place = (error as JsonException)?.Path;
            payload = null;
        }

        failure = Invalid(task.Type, place is null ? $"The payload is no {_payload.Type.Name}." : $"The payload is no {_payload.Type.Name}: see {place}.");
        return false;
    }

    public static TaskHandlerResult Invalid(string type, string message) => TaskHandlerResult.Failed(new TaskFailure
    {
        Code = TaskQueueDiagnostics.InvalidPayloadCode,
        Message = $"'{type}': {message}",
    });
}
