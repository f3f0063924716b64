using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Cli.Output;
using Orchestrator.Storage.Auditing;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator audit</c>: the trail of everything that was done, and the proof that nobody changed it.</summary>
internal static class AuditCommand
{
    public static Command Create(GlobalOptions global) => new("audit", "Read, verify and export the audit trail.") { List(global), Verify(global), Export(global) };

    private static Command List(GlobalOptions global)
    {
        var task = new Option<string?>("--task") { Description = "Only entries of this task.", HelpName = "ID" };
        var after = new Option<long>("--after") { Description = "Only entries after this sequence.", HelpName = "N" };
        var command = new Command("list", "List audit entries in their order.") { task, after };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var query = new OperationQuery { TaskId = parsed.GetValue(task), After = parsed.GetValue(after) };
            await foreach (var entry in host.Services.GetRequiredService<IOperationLog>().ReadAsync(query, cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "entry", Entry = entry });
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Verify(GlobalOptions global)
    {
        var file = new Option<string?>("--file") { Description = "An exported file to check instead of the database.", HelpName = "FILE" };
        var hash = new Option<string?>("--last-hash")
        {
            Description = "A hash that was kept elsewhere. With --file: the one that its last entry must have; without it, entries cut off at the end are not missed. " +
                "Of the database: one that an entry of the log must have, as nobody could keep it who wrote the log anew.",
            HelpName = "HASH",
        };
        var after = new Option<long?>("--after") { Description = "With --file: the sequence after which it was exported, its first entry must be the next one. Of the database: the entry that must have --last-hash.", HelpName = "N" };
        var command = new Command("verify", "Check the whole chain. Exit code 1 when an entry was changed, removed, inserted or moved, or is not the one that --last-hash belongs to.") { file, after, hash };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var (place, lastHash) = (parsed.GetValue(after), CheckHash(parsed.GetValue(hash)));
            var chain = parsed.GetValue(file) is { } path
                ? await VerifyFileAsync(path, place ?? 0, lastHash, cancellationToken)
                : await VerifyDatabaseAsync(context, place, lastHash, cancellationToken);
            var words = chain.IsIntact ? $"Intact: {chain.Entries} entries." : chain.FirstBadSequence is { } bad ? $"Broken at entry {bad}: {chain.Message}" : $"Not the log it was: {chain.Message}";
            context.Output.Write(new CliLine { Type = "chain", Chain = chain, Message = words });
            return chain.IsIntact ? ExitCodes.Success : ExitCodes.Failed;
        }));
        return command;
    }

    private static Command Export(GlobalOptions global)
    {
        var file = new Argument<string>("file") { Description = "The file to write; one that is there is not replaced." };
        var after = new Option<long>("--after") { Description = "Only entries after this sequence, to go on where the file before ended.", HelpName = "N" };
        var description = "Write the audit trail to a file as JSON lines, with the hashes; `audit verify --file` checks it without the database. Keep the last hash that it tells somewhere else.";
        var command = new Command("export", description) { file, after };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.OpenAsync(context, DatabaseDemand.Existing, cancellationToken);
            var export = await AuditFile.WriteAsync(
                host.Services.GetRequiredService<IOperationLog>(), Path.GetFullPath(parsed.GetRequiredValue(file)), parsed.GetValue(after), host.Time, cancellationToken);
            var last = export.LastHash is { } lastHash ? $" The last is entry {export.LastSequence} with the hash {lastHash}." : "";
            context.Output.Write(new CliLine { Type = "changed", Message = $"{export.File}: {export.Entries} entries.{last}", Export = export });
            return ExitCodes.Success;
        }));
        return command;
    }

    private static string? CheckHash(string? hash) => hash is null || (hash.Length == 64 && hash.All(char.IsAsciiHexDigit))
        ? hash
        : throw new ArgumentException("--last-hash must be 64 hexadecimal digits, as `audit export` tells it and `audit list --json` shows it.");

    // The chain has no key: to somebody who wrote all of it anew, a hash that was kept elsewhere is the only answer.
    private static async Task<ChainVerification> VerifyDatabaseAsync(CliContext context, long? place, string? lastHash, CancellationToken cancellationToken)
    {
        if (place is not null && (lastHash is null || place < 1))
        {
            throw new ArgumentException("Of the database, --after names the entry, from 1, that has --last-hash: give both, or only the hash; or a --file.");
        }

        await using var host = await CliHost.OpenAsync(context, DatabaseDemand.Existing, cancellationToken);
        var log = host.Services.GetRequiredService<IOperationLog>();
        var chain = await log.VerifyAsync(cancellationToken);
        if (!chain.IsIntact || lastHash is null)
        {
            return chain;
        }

        var query = new OperationQuery { After = place - 1 ?? 0, Limit = place is null ? null : 1 };
        await foreach (var entry in log.ReadAsync(query, cancellationToken))
        {
            if ((place ?? entry.Sequence) == entry.Sequence && string.Equals(entry.Hash, lastHash, StringComparison.OrdinalIgnoreCase))
            {
                return chain;
            }
        }

        return place is { } expected
            ? new ChainVerification(false, chain.Entries, expected, "It has another hash than the one that was kept, or is missing: the log was written anew, or cut off.")
            : new ChainVerification(false, chain.Entries, null, "No entry has the hash that was kept: the log was written anew, or cut off.");
    }

    private static async Task<ChainVerification> VerifyFileAsync(string path, long after, string? lastHash, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
        return await OperationLogExport.VerifyAsync(stream, after, lastHash, cancellationToken);
    }
}
