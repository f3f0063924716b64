using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Output;
using Orchestrator.Storage;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator db</c>: the database itself.</summary>
internal static class DatabaseCommand
{
    public static Command Create(GlobalOptions global) => new("db", "Back up, check, measure and migrate the database. All of it while others work.")
    {
        Backup(global),
        Check(global),
        Size(global),
        Migrate(global),
    };

    private static Command Backup(GlobalOptions global)
    {
        var file = new Argument<string>("file") { Description = "The file to make; its directory must exist. Only its owner may read it." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a file of that name." };
        return HostedCommand.Create<IStorageMaintenance>(
            global, "backup", "Copy the database, as it is at one moment, into a file that can be opened like the original.", [file, overwrite], async (storage, parsed, context, cancellationToken) =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file));
                await storage.BackupAsync(path, parsed.GetValue(overwrite), progress: null, cancellationToken);
                var length = new FileInfo(path).Length;
                return Changes.Done(context, string.Create(CultureInfo.InvariantCulture, $"{path}: {length} bytes, whole and checked."));
            },
            DatabaseDemand.Current);
    }

    private static Command Check(GlobalOptions global) =>
        HostedCommand.Create<IStorageMaintenance>(global, "check", "Read the whole database and report what is not as it should be. Exit code 1 when something is not.", [], async (storage, _, context, cancellationToken) =>
        {
            var check = await storage.CheckAsync(cancellationToken);
            if (check.IsSound)
            {
                context.Output.Write(new CliLine { Type = "database", Message = "Sound." });
                return ExitCodes.Success;
            }

            context.Output.Error($"The database has {check.Problems.Count} problems. Keep the file, and restore a backup.", check.Problems);
            return ExitCodes.Failed;
        },
        DatabaseDemand.Existing);

    private static Command Size(GlobalOptions global) =>
        HostedCommand.Create<IStorageMaintenance>(global, "size", "Show how large the database and its tables are. Reads no table through.", [], async (storage, _, context, cancellationToken) =>
        {
            context.Output.Write(new CliLine { Type = "sizes", Sizes = await storage.GetSizesAsync(cancellationToken) });
            return ExitCodes.Success;
        },
        DatabaseDemand.Current);

    private static Command Migrate(GlobalOptions global) =>
        HostedCommand.Create<ITaskStore>(global, "migrate", "Make the database, or bring its schema up to date. Commands that work with tasks do so themselves; this one does nothing else.", [], async (store, _, context, cancellationToken) =>
        {
            await store.InitializeAsync(cancellationToken);
            context.Output.Write(new CliLine { Type = "database", Message = "The schema is up to date." });
            return ExitCodes.Success;
        });
}
