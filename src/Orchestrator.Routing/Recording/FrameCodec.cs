using System.Buffers;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Selection;

namespace Orchestrator.Routing.Recording;

/// <summary>Writes what a decision was made of as text and reads it back: base64 over little-endian numbers, of which zeros take no room.</summary>
internal static class FrameCodec
{
    private const byte Version = 1;
    private const int StateFields = 12;

    /// <summary>Writes a frame; its estimates must have a stride of 1.</summary>
    public static string Encode(in RoutingFrame frame)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (frame.States.Length * 48));
        var writer = new FrameWriter(buffer);
        writer.Byte(Version);
        writer.Number(frame.States.Length);
        writer.Number(frame.Pin);
        writer.Number(frame.Now);
        Span<long> fields = stackalloc long[StateFields];
        for (var i = 0; i < frame.States.Length; i++)
        {
            Spread(frame.States[i], fields);
            writer.Sparse(fields);
            writer.Number(frame.Estimates[i].Success);
            writer.Number(frame.Estimates[i].Effort);
        }

        Write(writer, frame.Budgets);
        Write(writer, frame.ProviderBudgets);
        return Convert.ToBase64String(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The text is damaged, or of a version that is not known.</exception>
    public static RecordedFrame Decode(string text)
    {
        var reader = new FrameReader(Convert.FromBase64String(text));
        if (reader.Byte() is var version && version != Version)
        {
            throw new FormatException($"The recorded state has version {version}; this library reads version {Version}.");
        }

        var count = reader.Count(maxItems: 1_000_000);
        var (pin, now) = ((int)reader.Number(), reader.Number());
        var states = new ProviderState[count];
        var cells = new EstimateCell[count];
        Span<long> fields = stackalloc long[StateFields];
        for (var i = 0; i < count; i++)
        {
            reader.Sparse(fields);
            states[i] = Gather(fields);
            cells[i] = new EstimateCell { Success = reader.Number(), Effort = reader.Number() };
        }

        return new RecordedFrame(states, cells, ReadBudgets(ref reader), ReadBudgets(ref reader), pin, now);
    }

    private static void Write(FrameWriter writer, ReadOnlySpan<BudgetReading> readings)
    {
        writer.Number(readings.Length);
        foreach (ref readonly var reading in readings)
        {
            writer.Number(reading.NanoUsd);
            writer.Number(reading.Tokens);
            writer.Number(reading.Until);
        }
    }

    private static BudgetReading[] ReadBudgets(ref FrameReader reader)
    {
        var readings = new BudgetReading[reader.Count(maxItems: 1_000_000)];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = new BudgetReading(reader.Number(), reader.Number(), reader.Number());
        }

        return readings;
    }

    private static void Spread(in ProviderState state, Span<long> fields)
    {
        fields[0] = state.InFlight;
        fields[1] = state.Failures;
        fields[2] = state.Trips;
        fields[3] = state.Draining;
        fields[4] = state.OpenUntil;
        fields[5] = state.ProbeUntil;
        fields[6] = state.LimitedUntil;
        fields[7] = state.QuotaUntil;
        fields[8] = state.UnhealthyUntil;
        fields[9] = state.RequestsFrom;
        fields[10] = state.TokensFrom;
        fields[11] = state.Day;
    }

    private static ProviderState Gather(ReadOnlySpan<long> fields) => new()
    {
        InFlight = (int)fields[0],
        Failures = (int)fields[1],
        Trips = (int)fields[2],
        Draining = (int)fields[3],
        OpenUntil = fields[4],
        ProbeUntil = fields[5],
        LimitedUntil = fields[6],
        QuotaUntil = fields[7],
        UnhealthyUntil = fields[8],
        RequestsFrom = fields[9],
        TokensFrom = fields[10],
        Day = fields[11],
    };
}
