namespace Orchestrator.Patching;

/// <summary>What the arguments of <c>git apply</c> or <c>patch</c> mean for us; those that we have no word for change nothing.</summary>
internal sealed class ApplyArguments
{
    public int? Strip { get; private set; }

    public string Directory { get; private set; } = "";

    public string? Target { get; private set; }

    public bool Reverses { get; private set; }

    public bool OnlyChecks { get; private set; }

    public static ApplyArguments Git(IReadOnlyList<string> arguments)
    {
        var result = new ApplyArguments();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "-p")
            {
                // The recorded values that are no number are there for git to refuse.
                result.Strip = int.TryParse(arguments[++i], out var count) && count >= 0 ? count : 100;
            }
            else if (argument.StartsWith("--directory=", StringComparison.Ordinal))
            {
                result.Directory = argument["--directory=".Length..];
            }

            result.TakeCommon(argument);
        }

        result.OnlyChecks &= !arguments.Contains("--apply");
        return result;
    }

    public static ApplyArguments Gnu(IReadOnlyList<string> arguments)
    {
        var result = new ApplyArguments();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "-i")
            {
                i++;
            }
            else if (!arguments[i].StartsWith('-'))
            {
                result.Target = arguments[i];
            }

            result.TakeCommon(arguments[i]);
        }

        return result;
    }

    private void TakeCommon(string argument)
    {
        Reverses |= argument is "-R" or "--reverse";
        OnlyChecks |= argument is "--check" or "--dry-run";
        if (argument.Length > 2 && argument.StartsWith("-p", StringComparison.Ordinal))
        {
            Strip = int.Parse(argument[2..], System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
