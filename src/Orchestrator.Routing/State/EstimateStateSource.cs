using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing.State;

/// <summary>What was learned, one entry a provider, together with what other processes on the same store learned.</summary>
/// <remarks>
/// Each entry names the processes whose evidence is in it and up to which of their saves. So a process that reads it knows what of its own is missing, because two saved at the same time or one of
/// them did not look before it saved, and adds just that. What is lost all the same: the last save of a process that ended, when another one wrote over it without having looked. Used by one caller at a time.
/// </remarks>
internal sealed class EstimateStateSource(ProviderRegistry registry) : IRoutingStateSource
{
    private readonly string _name = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public string Kind => RoutingStateKinds.Estimate;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public IEnumerable<RoutingStateEntry> Export(DateTimeOffset now)
    {
        var names = registry.Snapshot.Names;
        for (var candidate = 0; candidate < names.Length; candidate++)
        {
            var entry = EntryOf(names[candidate]);
            var cells = registry.Estimates.Save(candidate, entry.Saves + 1, out var isNew);
            entry.Saves += isNew ? 1 : 0;
            var provider = EstimatesTransfer.Export(names[candidate], cells);

            // What was reset must be written over; of what never was anything, nothing is written.
            if (provider.Tasks.Count > 0 || entry.Exported is not null || entry.Imported is not null)
            {
                var writers = SavedEstimates.Add(entry.Writers, new SavedEstimatesWriter(_name, entry.Saves));
                (entry.Writers, entry.Exported) = (writers, new SavedEstimates { Providers = [provider], Writers = writers }.ToJson());
                yield return new RoutingStateEntry(Kind, names[candidate], entry.Exported, now);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>May be called again at any time with what the store holds now.</remarks>
    public IReadOnlyList<string> Import(IReadOnlyList<RoutingStateEntry> entries, DateTimeOffset now)
    {
        var unknown = new List<string>();
        foreach (var entry in entries)
        {
            if (!Import(entry))
            {
                unknown.Add(entry.Key);
            }
        }

        return unknown;
    }

    private static SavedEstimates? Read(string text)
    {
        try
        {
            var saved = SavedEstimates.FromJson(text);
            return saved.Version == EstimatesExport.CurrentVersion && saved.Providers.Count == 1 ? saved : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool Import(RoutingStateEntry stored)
    {
        // A provider that is not registered any more is left out without a word: its entry stays for when it comes back.
        if (Read(stored.Value) is not { } saved)
        {
            return false;
        }

        if (!registry.Snapshot.Indexes.TryGetValue(stored.Key, out var candidate))
        {
            return true;
        }

        var entry = EntryOf(stored.Key);
        if (stored.Value == entry.Exported)
        {
            entry.Confirmed = entry.Saves;
            registry.Estimates.Confirm(candidate, entry.Confirmed);
        }
        else if (stored.Value != entry.Imported)
        {
            var number = saved.NumberOf(_name, entry.Confirmed);
            registry.Estimates.Merge(candidate, EstimatesTransfer.ToCells(saved.Providers[0], out _), number);
            (entry.Imported, entry.Writers, entry.Confirmed) = (stored.Value, saved.Writers, Math.Max(entry.Confirmed, number));
        }

        return true;
    }

    private Entry EntryOf(string provider) =>
        _entries.TryGetValue(provider, out var entry) ? entry : _entries[provider] = new Entry();

    /// <summary>What is known of the entry of one provider.</summary>
    private sealed class Entry
    {
        /// <summary>As it was last read, when it was not our own.</summary>
        public string? Imported { get; set; }

        /// <summary>As we last wrote it, or tried to.</summary>
        public string? Exported { get; set; }

        public ValueList<SavedEstimatesWriter> Writers { get; set; } = [];

        /// <summary>How many saves of ours held something new.</summary>
        public long Saves { get; set; }

        /// <summary>The last of them that was seen in the store.</summary>
        public long Confirmed { get; set; }
    }
}
