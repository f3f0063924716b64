using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Auditing;
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
    private readonly IReadOnlyList<IPatchValidator> _validators;
    private readonly PatchAudit _audit;

    /// <summary>Creates a patch manager without dependency injection.</summary>
    /// <param name="options">The settings, copied; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="redactor">Knows the secrets that no patch may bring in; <see langword="null"/> for none.</param>
    /// <param name="logger">Where to log; <see langword="null"/> for nowhere.</param>
    /// <param name="operations">The audit trail, which every application, refusal and reversal is written to; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names every one.</exception>
    public PatchManager(PatchOptions? options = null, TimeProvider? timeProvider = null, ISecretRedactor? redactor = null, ILogger<PatchManager>? logger = null, IOperationLog? operations = null)
        : this(new PhysicalFileSystem(), options, timeProvider, redactor, logger, operations)
    {
    }

    /// <summary>Creates a patch manager for files that are elsewhere than on the disk: in memory, for example.</summary>
    /// <param name="files">Where the files, and the journals, are.</param>
    /// <param name="options">The settings, copied; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="redactor">Knows the secrets that no patch may bring in; <see langword="null"/> for none.</param>
    /// <param name="logger">Where to log; <see langword="null"/> for nowhere.</param>
    /// <param name="operations">Where to record what was done; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names every one.</exception>
    public PatchManager(
        IPatchFileSystem files, PatchOptions? options = null, TimeProvider? timeProvider = null, ISecretRedactor? redactor = null, ILogger<PatchManager>? logger = null,
        IOperationLog? operations = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        _options = (options ?? new PatchOptions()).Copy();
        var errors = PatchOptionsValidator.Errors(_options);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(options));
        }

        _files = files;
        _validators = PatchValidators.Of(_options);
        _time = timeProvider ?? TimeProvider.System;
        _redactor = redactor;
        _logger = logger ?? NullLogger<PatchManager>.Instance;
        _audit = new PatchAudit(_options.RecordOperations ? operations : null);
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
            return new PatchParseResult { Patch = new PatchReader(_options).Read(patch, taskId, format) };
        }
        catch (PatchFormatException error)
        {
            return new PatchParseResult { Error = error.ToConflict() };
        }
    }

    /// <inheritdoc/>
    /// <remarks>What is written in another form than a git diff is read and planned once more, so that it does exactly what the patch set does.</remarks>
    /// <exception cref="PatchingException">The form cannot say what the patch set does (<see cref="PatchingException.FormatInsufficient"/>), or the root is no directory.</exception>
    public async ValueTask<PatchContent> FormatAsync(PatchSet patch, string root, PatchFormat format, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var tree = OpenTree(root);
        return await Task.Run(
            () =>
            {
                var plan = Planner(tree).Plan(patch, cancellationToken);
                return plan.Outcome == PatchOutcome.Applied
                    ? new ProvedWriter(_options, set => Planner(tree).Plan(set, cancellationToken)).Write(plan, patch, format)
                    : new PatchContent(default);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PatchingException">An application to the root was interrupted (<see cref="PatchingException.RecoveryNeeded"/>), or the root is no directory.</exception>
    public async ValueTask<PatchPlan> PlanAsync(PatchRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var tree = OpenTree(request.Root);
        try
        {
            return await Task.Run(
                () =>
                {
                    ThrowIfInterrupted(tree);
                    return Plan(tree, request, cancellationToken).ToPlan(_redactor);
                },
                cancellationToken).ConfigureAwait(false);
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
            var locked = new PatchApplication
            {
                Id = request.Id,
                Outcome = PatchOutcome.Rejected,
                Conflicts = [new PatchConflict { Code = PatchConflictCode.Locked, Message = "Another application to the same root did not end in time. Try again later." }],
            };
            await _audit.AppliedAsync(request.Patch, locked).ConfigureAwait(false);
            return locked;
        }

        var transaction = Begin(tree, directory);
        var application = await Task.Run(
            () => transaction.Apply(request, () => Plan(tree, request, cancellationToken), cancellationToken), CancellationToken.None).ConfigureAwait(false);
        await _audit.AppliedAsync(request.Patch, application).ConfigureAwait(false);
        return application;
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
        var reverted = await Task.Run(() => transaction.Revert(applicationId, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        await _audit.RevertedAsync(reverted).ConfigureAwait(false);
        return reverted;
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

    private void ThrowIfInterrupted(TreeReader tree)
    {
        var directory = JournalLocation.Find(_files, tree.Root, _options.JournalDirectory);
        if (new JournalStore(_files, directory, durable: false, _logger).HasInterrupted())
        {
            throw new PatchingException(PatchingException.RecoveryNeeded, $"An application to '{tree.Root}' was interrupted. RecoverAsync settles it.", isTransient: true);
        }
    }

    private TreeReader OpenTree(string root)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        var full = _files.Canonical(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        if (_files.GetEntry(full).Kind != EntryKind.Directory)
        {
            throw new PatchingException(PatchingException.RootMissing, $"The root '{full}' is not a directory.");
        }

        return new TreeReader(_files, full, _options.MaxFileBytes);
    }

    /// <summary>Plans with everything that is asked of a patch before it may be applied.</summary>
    private TreePlan Plan(TreeReader tree, PatchRequest request, CancellationToken cancellationToken)
    {
        var directory = JournalLocation.Find(_files, tree.Root, _options.JournalDirectory);
        var plan = new TreePlanner(tree, _options, Policy(tree), _redactor, request.Base, request.Progress, _validators).Plan(request.Patch, cancellationToken);
        return ConflictOwners.Name(plan, request, () => new JournalStore(_files, directory, durable: false, _logger).All());
    }

    /// <summary>A planner that asks no validator: nothing will be applied.</summary>
    private TreePlanner Planner(TreeReader tree) => new(tree, _options, Policy(tree), redactor: null);

    private PathPolicy Policy(TreeReader tree)
    {
        var patterns = _options.ProtectedPaths.ToList();
        if (_options.JournalDirectory is { } journals)
        {
            // By its real name, as the root has it; and where all of the root would be meant, only what is the root's own.
            patterns.AddRange(new[] { _files.Canonical(journals), JournalLocation.Find(_files, tree.Root, journals) }
                .Select(directory => Path.GetRelativePath(tree.Root, directory))
                .Where(static inside => inside != "." && !Path.IsPathRooted(inside) && !inside.StartsWith("..", StringComparison.Ordinal))
                .Select(static inside => inside.Replace(Path.DirectorySeparatorChar, '/') + "/**"));
        }

        return new PathPolicy(patterns);
    }

    private PatchTransaction Begin(TreeReader tree, string directory) =>
        new(tree, new JournalStore(_files, directory, _options.Durability == PatchDurability.Full, _logger), _options, _time, _logger);
}
