using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Workspaces;

public sealed class WorkspaceRecoveryTests : IAsyncLifetime
{
    private static int _count;

    // Processes are found by it: it is nobody else's on this machine.
    private readonly string _id = $"recovery-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
    private readonly ProviderHost _host = new();
    private readonly GitRepository _repository = GitRepository.Init();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _repository.Write("a.txt", "one\n");
        _repository.Commit("base");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _repository.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_workspace_that_nobody_uses_any_more_is_removed_whatever_is_in_it()
    {
        var tree = Leave(_id);
        var closed = Directory.CreateDirectory(Path.Combine(tree, "closed"));
        File.CreateSymbolicLink(Path.Combine(closed.FullName, "link"), _repository.Path);
        File.SetUnixFileMode(closed.FullName, UnixFileMode.None);

        var removed = await _host.Workspaces.RecoverAsync(Token);

        Assert.Equal([_id], removed);
        Assert.Empty(Entries());
        Assert.True(File.Exists(_repository.Combine("a.txt")));
    }

    [Fact]
    public async Task A_workspace_in_use_is_left_alone_whatever_anybody_else_knows_of_it()
    {
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, _id, cancellationToken: Token);

        var removed = await Others().RecoverAsync(Token);

        Assert.Empty(removed);
        Assert.True(File.Exists(Path.Combine(workspace.Workspace.Directory, "a.txt")));
    }

    [Fact]
    public async Task The_mark_of_a_workspace_lies_where_its_provider_cannot_write_and_goes_with_it()
    {
        var workspace = await _host.Workspaces.CreateAsync(_repository.Path, _id, cancellationToken: Token);
        var entries = Entries();
        var strangers = (await workspace.FindEscapesAsync(Token)).WorkspacePaths;
        await workspace.DisposeAsync();
        await workspace.DisposeAsync();

        Assert.Equal([_id, _id + ".lock"], entries);
        Assert.Empty(strangers);
        Assert.Empty(Entries());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("orchestrator workspace another\n")]
    public async Task A_directory_that_was_not_made_here_is_never_touched(string? beside)
    {
        var project = Directory.CreateDirectory(Path.Combine(_host.WorkspaceRoot, "yarn"));
        if (beside is not null)
        {
            await File.WriteAllTextAsync(project.FullName + ".lock", beside, Token);
        }

        var before = Entries();
        var removed = await _host.Workspaces.RecoverAsync(Token);

        Assert.Empty(removed);
        Assert.Equal(before, Entries());
    }

    [Fact]
    public async Task What_a_dead_worker_left_running_is_ended_before_its_directory_goes()
    {
        // As a dead worker left it in the directory that it verified in.
        var id = _id + "-v3";
        using var orphan = Start(id, Leave(id));
        using var another = Start(_id, Path.GetTempPath());
        try
        {
            await _host.Workspaces.RecoverAsync(Token);

            await orphan.WaitForExitAsync(Token);
            Assert.False(another.HasExited);
            Assert.Empty(Entries());
        }
        finally
        {
            another.Kill();
        }
    }

    [Fact]
    public async Task A_workspace_that_cannot_be_removed_costs_nobody_a_result_and_is_left_to_recovery()
    {
        var refused = Others(static directory => throw new WorkspaceException("workspace.not_removed", $"{directory} is not to be removed."));
        var workspace = await refused.CreateAsync(_repository.Path, _id, cancellationToken: Token);

        await workspace.DisposeAsync();
        var error = await Assert.ThrowsAsync<WorkspaceException>(async () => await refused.RecoverAsync(Token));

        // By now the execution's id may mark the verify command of its result.
        using var verification = Start(_id, Path.GetTempPath());
        try
        {
            var removed = await _host.Workspaces.RecoverAsync(Token);

            Assert.Equal("workspace.not_removed", error.Code);
            Assert.Equal([_id], removed);
            Assert.Empty(Entries());
            Assert.False(verification.HasExited);
            Assert.Contains(_host.Logs.Entries, entry => entry.EventId.Id == 1403);
        }
        finally
        {
            verification.Kill();
        }
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task A_disk_that_refuses_the_removal_costs_nobody_a_result_and_leaves_the_workspace_to_recovery(Type refusal)
    {
        var refused = Others(_ => throw (Exception)Activator.CreateInstance(refusal, "The disk refuses.")!);
        var workspace = await refused.CreateAsync(_repository.Path, _id, cancellationToken: Token);
        Leave(_id + "-2");

        await workspace.DisposeAsync();
        var error = await Assert.ThrowsAsync<WorkspaceException>(async () => await refused.RecoverAsync(Token));
        var removed = await _host.Workspaces.RecoverAsync(Token);

        Assert.Equal("workspace.not_removed", error.Code);
        Assert.Contains("The disk refuses.", error.Message, StringComparison.Ordinal);
        Assert.Equal([_id, _id + "-2"], removed.Order(StringComparer.Ordinal));
        Assert.Empty(Entries());
        Assert.Contains(_host.Logs.Entries, entry => entry.EventId.Id == 1403);
    }

    [Fact]
    public async Task Where_files_cannot_be_locked_no_workspace_is_made_and_nothing_is_left()
    {
        var error = await Assert.ThrowsAsync<WorkspaceException>(async () => await Others(share: FileShare.ReadWrite).CreateAsync(_repository.Path, _id, cancellationToken: Token));

        Assert.Equal("workspace.no_locks", error.Code);
        Assert.Contains("local disk", error.Message, StringComparison.Ordinal);
        Assert.Empty(Entries());
    }

    [Fact]
    public async Task Where_files_cannot_be_locked_recovery_touches_nothing()
    {
        using var used = Start(_id, Leave(_id));
        try
        {
            var before = Entries();
            var error = await Assert.ThrowsAsync<WorkspaceException>(async () => await Others(share: FileShare.ReadWrite).RecoverAsync(Token));

            Assert.Equal("workspace.no_locks", error.Code);
            Assert.Equal(before, Entries());
            Assert.False(used.HasExited);
        }
        finally
        {
            used.Kill();
        }
    }

    [Fact]
    public async Task A_git_that_is_stopped_is_gone_before_anybody_goes_on()
    {
        var proof = _host.Folder.Combine("pid");
        var script = _host.Folder.Combine("slow-git");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\necho $$ > '{proof}.new'; mv '{proof}.new' '{proof}'\nexec sleep 60\n", Token);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var git = new GitCommand(Options.Create(new WorkspaceOptions { GitExecutable = script }), TimeProvider.System);
        using var cancelled = new CancellationTokenSource();
        var run = git.TryRunAsync(new GitCall(_host.Folder.Path, "status"), cancelled.Token);
        while (!File.Exists(proof) && !run.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.False(Directory.Exists("/proc/" + (await File.ReadAllTextAsync(proof, Token)).Trim()));
    }

    private static Process Start(string mark, string directory)
    {
        var start = new ProcessStartInfo("/bin/sleep", "60") { WorkingDirectory = directory };
        start.Environment[ProcessEnvironment.ExecutionMarker] = mark;
        return Process.Start(start)!;
    }

    /// <summary>What a process that died leaves: the directory, and the file that nobody holds any more.</summary>
    private string Leave(string id)
    {
        var tree = Directory.CreateDirectory(Path.Combine(_host.WorkspaceRoot, id, "tree"));
        File.WriteAllText(Path.Combine(_host.WorkspaceRoot, id + ".lock"), $"orchestrator workspace {id}\n");
        return tree.FullName;
    }

    private IReadOnlyList<string> Entries() => [.. Directory.EnumerateFileSystemEntries(_host.WorkspaceRoot).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    /// <summary>Another host of the same directory.</summary>
    private GitWorkspaces Others(Action<string>? delete = null, FileShare share = FileShare.None) => new(
        _host.Repositories,
        _host.Services.GetRequiredService<GitCommand>(),
        _host.Services.GetRequiredService<IOptions<WorkspaceOptions>>(),
        TimeProvider.System,
        _host.Services.GetRequiredService<ILogger<GitWorkspaces>>(),
        delete,
        new WorkspaceMarkers(TimeProvider.System, share));
}
