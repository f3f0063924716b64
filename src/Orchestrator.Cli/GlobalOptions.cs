using System.CommandLine;
using Orchestrator.Cli.Configuration;
using Orchestrator.Cli.Output;
using Spectre.Console;

namespace Orchestrator.Cli;

/// <summary>The options that every command takes, and the one place where errors become messages and exit codes.</summary>
internal sealed class GlobalOptions(Func<bool, ICliOutput>? createOutput = null, TimeProvider? time = null)
{
    private readonly Func<bool, ICliOutput> _createOutput = createOutput ?? CreateOutput;

    public Option<bool> Json { get; } = new("--json") { Description = "Write one JSON object a line instead of words.", Recursive = true };

    public Option<string?> Config { get; } = new("--config") { Description = $"A configuration file that wins over the repository's and {ConfigurationSources.UserFile}.", HelpName = "FILE", Recursive = true };

    public Option<string?> State { get; } = new("--state") { Description = "The directory for the database and workspaces (also ORCHESTRATOR_STATE).", HelpName = "DIR", Recursive = true };

    /// <summary>Wraps a command's work: the output it asked for, and every expected error told in words that name the fix.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Handle(Func<ParseResult, CliContext, CancellationToken, Task<int>> action) =>
        async (parsed, cancellationToken) =>
        {
            var output = _createOutput(parsed.GetValue(Json));
            try
            {
                return await action(parsed, new CliContext(output, parsed.GetValue(Config), parsed.GetValue(State), time ?? TimeProvider.System), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                output.Error("Interrupted. The caller's tree is as it was.");
                return ExitCodes.Cancelled;
            }
            catch (ConfigurationErrorsException error)
            {
                output.Error("The configuration is wrong.", error.Errors);
                return ExitCodes.Usage;
            }
            catch (Exception error) when (error is ArgumentException or FormatException)
            {
                output.Error(error.Message);
                return ExitCodes.Usage;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The outermost edge: programs get a line of JSON also for what nobody expected.
                output.Error(error is OrchestratorException or IOException or UnauthorizedAccessException ? error.Message : $"Unexpected {error.GetType().Name}: {error.Message}");
                return ExitCodes.Failed;
            }
        };

    /// <summary>Tells what is wrong with the command line.</summary>
    public void Report(ParseResult parsed)
    {
        // The option itself may be among what could not be read.
        var json = parsed.Tokens.Any(token => token.Value == Json.Name);
        _createOutput(json).Error("The command line is wrong; see --help.", [.. parsed.Errors.Select(error => error.Message)]);
    }

    public void AddTo(Command root)
    {
        root.Options.Add(Json);
        root.Options.Add(Config);
        root.Options.Add(State);
    }

    private static ICliOutput CreateOutput(bool json) => json
        ? new JsonOutput(Console.Out)
        : new ConsoleOutput(Words(Console.Out, Console.IsOutputRedirected), Words(Console.Error, Console.IsErrorRedirected));

    /// <summary>Colours and folding are for terminals: what goes to a file or a pipe is plain text, one line a line.</summary>
    private static IAnsiConsole Words(TextWriter writer, bool redirected)
    {
        var support = redirected ? AnsiSupport.No : AnsiSupport.Detect;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = support });
        if (redirected)
        {
            console.Profile.Width = int.MaxValue;
        }

        return console;
    }
}
