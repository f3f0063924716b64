using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Json;

namespace Orchestrator.Containers.Local.State;

/// <summary>The instances on disk: one directory each, named like the instance, complete from its first moment and gone in one step.</summary>
/// <remarks>Thread-safe, and safe between processes: an instance is changed only under its lock, and its state file is replaced as a whole.</remarks>
internal sealed class InstanceStore
{
    private const char IdSeparator = '~';
    private const string HalfDone = ".half-done-";
    private const UnixFileMode Foreign = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

    private readonly string _root;
    private readonly Func<int, long> _startTimeOf;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private readonly Lazy<bool> _prepared;

    /// <param name="root">The state directory.</param>
    /// <param name="startTimeOf">When a process started; tells whether the owner of something half done still lives.</param>
    /// <param name="logger">Told of what cannot be understood.</param>
    public InstanceStore(string root, Func<int, long> startTimeOf, ILogger logger)
    {
        (_root, _startTimeOf, _logger) = (root, startTimeOf, logger);
        _prepared = new Lazy<bool>(Prepare, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The id of a new instance: its name, and what tells it from others of that name.</summary>
    public static string NewId(string name, DateTimeOffset now) => name + IdSeparator + Identifiers.Create(now);

    /// <summary>The name in an id that <see cref="NewId"/> made.</summary>
    public static string NameOf(string id) => id[..id.IndexOf(IdSeparator, StringComparison.Ordinal)];

    /// <summary>Where an instance is, going by its id; <see langword="null"/> for what is no id.</summary>
    public InstanceDirectory? Find(string id)
    {
        var end = id.IndexOf(IdSeparator, StringComparison.Ordinal);
        return end > 0 && Identifiers.IsName(id[..end]) ? new InstanceDirectory(Path.Combine(_root, id[..end])) : null;
    }

    /// <summary>Puts a new instance on disk.</summary>
    /// <returns>False when the name is taken.</returns>
    public bool TryAdd(ProcessInstance instance)
    {
        _ = _prepared.Value;
        var made = new InstanceDirectory(HalfDonePath(instance.Id));
        var place = Path.Combine(_root, instance.Specification.Name);
        try
        {
            made.Create();
            Save(made, instance);
            if (Directory.Exists(place) && !File.Exists(Path.Combine(place, "instance.json")))
            {
                PrivateFiles.DeleteDirectory(place); // Nothing that could be known: the rest of an interrupted removal by hand.
            }

            Directory.Move(made.Path, place);
            return true;
        }
        catch (IOException error)
        {
            PrivateFiles.DeleteDirectory(made.Path);
            return Directory.Exists(place) ? false : throw Unusable(error);
        }
    }

    /// <summary>Reads an instance; <see langword="null"/> when there is none of this id, or its file cannot be understood.</summary>
    public ProcessInstance? Load(string id) => Find(id) is { } directory && Read(directory) is { } instance && instance.Id == id ? instance : null;

    /// <summary>Reads all instances. What cannot be understood is left out.</summary>
    public List<ProcessInstance> LoadAll()
    {
        _ = _prepared.Value;
        var found = new List<ProcessInstance>();
        foreach (var folder in Directory.EnumerateDirectories(_root))
        {
            if (Identifiers.IsName(Path.GetFileName(folder)) && Read(new InstanceDirectory(folder)) is { } instance)
            {
                found.Add(instance);
            }
        }

        return found;
    }

    /// <summary>Replaces an instance's state. The caller holds its lock.</summary>
    public void Save(ProcessInstance instance) => Save(Find(instance.Id)!, instance);

    /// <summary>Deletes an instance: no longer there in one step, then its files. The caller holds its lock.</summary>
    public void Delete(ProcessInstance instance)
    {
        var doomed = HalfDonePath(instance.Id);
        try
        {
            Directory.Move(Find(instance.Id)!.Path, doomed);
            PrivateFiles.DeleteDirectory(doomed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(error);
        }
    }

    /// <summary>Takes the right to change an instance, from this process and all others.</summary>
    /// <returns>Gives it back when disposed; <see langword="null"/> when there is no such instance.</returns>
    public async ValueTask<IDisposable?> LockAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(id) is not { } directory)
        {
            return null;
        }

        // Another process or the kernel gives it back, in their own time and not in that of an injected clock.
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(directory.LockFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
            catch (IOException error)
            {
                if (TimeProvider.System.GetElapsedTime(began) > LockPatience)
                {
                    throw new ProcessEngineException(ProcessEngineException.Busy, $"The instance '{id}' is being changed by another call for more than {LockPatience.TotalSeconds} s.", error);
                }
            }

            await Task.Delay(LockRetry, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private ProcessInstance? Read(InstanceDirectory directory)
    {
        try
        {
            return OrchestratorJson.Read(File.ReadAllText(directory.StateFile), ProcessInstanceJson.Default.ProcessInstance);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            if (_told.TryAdd(directory.Path, true))
            {
                _logger.ProcessInstanceUnreadable(directory.Path, error);
            }

            return null;
        }
    }

    private static void Save(InstanceDirectory directory, ProcessInstance instance)
    {
        var draft = directory.StateFile + ".new";
        try
        {
            PrivateFiles.Write(draft, JsonSerializer.SerializeToUtf8Bytes(instance, ProcessInstanceJson.Default.ProcessInstance));
            File.Move(draft, directory.StateFile, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(error);
        }
    }

    private static ProcessEngineException Unusable(Exception error) =>
        new(ProcessEngineException.StateUnusable, $"The state directory of the process engine cannot be written: {error.Message}", error);

    /// <summary>Not the name of any instance, and tells who made it.</summary>
    private string HalfDonePath(string id) =>
        Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"{HalfDone}{Environment.ProcessId}-{_startTimeOf(Environment.ProcessId)}-{id[(id.IndexOf(IdSeparator, StringComparison.Ordinal) + 1)..]}"));

    private bool Prepare()
    {
        try
        {
            PrivateFiles.CreateDirectory(_root);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_root) & Foreign) != 0)
            {
                throw new ProcessEngineException(
                    ProcessEngineException.StateUnusable, $"Others may write the state directory '{_root}', and so make this user run what they like. Take that right away (chmod 700), or name another directory.");
            }

            foreach (var folder in Directory.GetDirectories(_root, HalfDone + "*").Where(IsAbandoned))
            {
                PrivateFiles.DeleteDirectory(folder);
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(error);
        }
    }

    private bool IsAbandoned(string folder)
    {
        var parts = Path.GetFileName(folder)[HalfDone.Length..].Split('-');
        return parts.Length < 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime)
            || _startTimeOf(owner) != startTime;
    }
}
