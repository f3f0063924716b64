using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Secrets;

namespace Orchestrator.Patching;

/// <summary>Reads patches, checks them and applies them all-or-nothing to directories.</summary>
/// <remarks>
/// Thread-safe; one instance serves any number of roots. Before the first file changes, the bytes before and after stand in a journal; after a crash
/// <see cref="RecoverAsync"/>, or the next application to the same root, brings the tree back. The journal stays as what <see cref="RevertAsync"/> works from.
/// </remarks>
public sealed class PatchManager : IPatchManager
{
    private readonly PatchOptions _options;
    private readonly IPatchFileSystem _files;
    private readonly TimeProvider _time;
    private readonly ISecretRedactor? _redactor;
    private readonly ILogger _logger;
    private readonly RootGate _gate;

    /// <summary>Creates a patch manager without dependency injection.</summary>
    /// <param name="options">The settings, copied; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="redactor">Knows the secrets that no patch may bring in; <see langword="null"/> for none.</param>
    /// <param name="logger">Where to log; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names every one.</exception>
    public PatchManager(PatchOptions? options = null, TimeProvider? timeProvider = null, ISecretRedactor? redactor = null, ILogger<PatchManager>? logger = null)
        : this(new PhysicalFileSystem(), options, timeProvider, redactor, logger)
    {
    }

    internal PatchManager(
        IPatchFileSystem files, PatchOptions? options = null, TimeProvider? timeProvider = null, ISecretRedactor? redactor = null, ILogger<PatchManager>? logger = null)
    {
        _options = (options ?? new PatchOptions()).Copy();
        var errors = PatchOptionsValidator.Errors(_options);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(options));
        }

        _files = files;
        _time = timeProvider ?? TimeProvider.System;
        _redactor = redactor;
        _logger = logger ?? NullLogger<PatchManager>.Instance;
        _gate = new RootGate(files, _time, _options.LockTimeout);
    }

    /// <inheritdoc/>
    public PatchParseResult Parse(ReadOnlyMemory<byte> patch, string taskId, PatchFormat format = PatchFormat.Auto)
    {
        if (!Identifiers.IsName(taskId))
        {
            throw new ArgumentException("The task id must be a name.", nameof(taskId));
        }

        try
        {
            if (patch.Length > _options.MaxPatchBytes)
            {
                throw new PatchFormatException(PatchConflictCode.TooLarge, 1, $"The patch has {patch.Length} bytes; the limit is {_options.MaxPatchBytes}.");
            }

            var text = patch.Span.TrimStart(" \t\r\n"u8);
            if (text.IsEmpty)
            {
                throw new PatchFormatException(PatchConflictCode.Empty, 1, "The patch is empty.");
            }

            var isJson = format == PatchFormat.PatchSet || (format == PatchFormat.Auto && text[0] == '{');
            return new PatchParseResult
            {
                Patch = isJson ? new PatchSetParser(_options).Parse(patch, taskId) : new UnifiedDiffParser(_options).Parse(patch, taskId),
            };
        }
        catch (PatchFormatException error)
        {
            return new PatchParseResult { Error = error.ToConflict() };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PatchContent> FormatAsync(PatchSet patch, string root, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var tree = OpenTree(root);
        return await Task.Run(
            () =>
            {
                var plan = Plan(tree, patch, redactor: null, cancellationToken);
                using var writer = new GitDiffWriter();
                return plan.Outcome == PatchOutcome.Applied ? writer.Write(plan.Pairs) : new PatchContent(default);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<PatchPlan> PlanAsync(PatchRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var tree = OpenTree(request.Root);
        try
        {
            return await Task.Run(() => Plan(tree, request.Patch, _redactor, cancellationToken).ToPlan(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new PatchPlan
            {
                Outcome = PatchOutcome.Rejected,
                Conflicts = [new PatchConflict { Code = PatchConflictCode.IoError, Message = $"A file could not be read ({error.GetType().Name})." }],
            };
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An id that was used before gives the recorded outcome again and writes nothing, so that a caller may repeat the call after a crash; with another patch set it is refused.
    /// Only after <see cref="PatchOutcome.Rejected"/> may an id be used anew.
    /// </remarks>
    /// <exception cref="PatchingException">The tree could not be taken back yet, the journal cannot be used, or the root is no directory.</exception>
    public async ValueTask<PatchApplication> ApplyAsync(PatchRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var tree = OpenTree(request.Root);
        var directory = JournalLocation.Find(_files, tree.Root, _options.JournalDirectory);
        JournalLocation.Prepare(_files, tree.Root, directory);
        using var pass = await _gate.EnterAsync(directory, cancellationToken).ConfigureAwait(false);
        if (pass is null)
        {
            return new PatchApplication
            {
                Id = request.Id,
                Outcome = PatchOutcome.Rejected,
                Conflicts = [new PatchConflict { Code = PatchConflictCode.Locked, Message = "Another application to the same root did not end in time. Try again later." }],
            };
        }

        var transaction = Begin(tree, directory);
        return await Task.Run(
            () => transaction.Apply(request, () => Plan(tree, request.Patch, _redactor, cancellationToken), cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PatchingException">The tree could not be taken back yet, another process holds the root, or the root is no directory.</exception>
    public async ValueTask<PatchApplication> RevertAsync(string root, string applicationId, CancellationToken cancellationToken)
    {
        if (!Identifiers.IsName(applicationId))
        {
            throw new ArgumentException("The application id must be a name.", nameof(applicationId));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var tree = OpenTree(root);
        var directory = JournalLocation.Find(_files, tree.Root, _options.JournalDirectory);
        if (_files.GetEntry(directory).Kind == EntryKind.Missing)
        {
            return new PatchApplication { Id = applicationId, Outcome = PatchOutcome.NotFound };
        }

        using var pass = await EnterAsync(tree.Root, directory, cancellationToken).ConfigureAwait(false);
        var transaction = Begin(tree, directory);
        return await Task.Run(() => transaction.Revert(applicationId, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PatchingException">The tree could not be taken back yet, another process holds the root, or the root is no directory.</exception>
    public async ValueTask<ValueList<PatchApplication>> RecoverAsync(string root, CancellationToken cancellationToken)
    {
        var tree = OpenTree(root);
        var directory = JournalLocation.Find(_files, tree.Root, _options.JournalDirectory);
        if (_files.GetEntry(directory).Kind == EntryKind.Missing)
        {
            return [];
        }

        using var pass = await EnterAsync(tree.Root, directory, cancellationToken).ConfigureAwait(false);
        var transaction = Begin(tree, directory);
        return await Task.Run(() => transaction.Recover(cancellationToken).ToValueList(), CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask<IDisposable> EnterAsync(string root, string directory, CancellationToken cancellationToken)
    {
        JournalLocation.Prepare(_files, root, directory);
        return await _gate.EnterAsync(directory, cancellationToken).ConfigureAwait(false)
            ?? throw new PatchingException(PatchingException.RootLocked, $"Another application to '{root}' did not end in time.", isTransient: true);
    }

    private TreeReader OpenTree(string root)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (!Directory.Exists(full))
        {
            throw new PatchingException(PatchingException.RootMissing, $"The root '{full}' is not a directory.");
        }

        var target = new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        return new TreeReader(_files, target, _options.MaxFileBytes);
    }

    private TreePlan Plan(TreeReader tree, PatchSet patch, ISecretRedactor? redactor, CancellationToken cancellationToken)
    {
        var patterns = _options.ProtectedPaths.ToList();
        if (_options.JournalDirectory is { } journals && Path.GetRelativePath(tree.Root, journals) is var inside
            && !Path.IsPathRooted(inside) && !inside.StartsWith("..", StringComparison.Ordinal))
        {
            patterns.Add(inside.Replace(Path.DirectorySeparatorChar, '/') + "/**");
        }

        return new TreePlanner(tree, _options, new PathPolicy(patterns), redactor).Plan(patch, cancellationToken);
    }

    private PatchTransaction Begin(TreeReader tree, string directory) =>
        new(tree, new JournalStore(_files, directory, _options.Durability == PatchDurability.Full, _logger), _options, _time, _logger);
}
