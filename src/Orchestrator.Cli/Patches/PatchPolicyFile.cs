using Microsoft.Extensions.Configuration;
using Orchestrator.Cli.Configuration;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary>Reads the settings of the patch engine from a JSON file; a member that it does not know is an error, as it would protect nothing.</summary>
internal static class PatchPolicyFile
{
    public static PatchOptions Read(string file)
    {
        var options = new PatchOptions();
        try
        {
            new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).Build()
                .Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationErrorsException([$"{file}: {error.InnerException?.Message ?? error.Message}"]);
        }

        return options;
    }
}
