using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>Logs settings that were changed and are wrong: that they were refused, then each error by itself.</summary>
internal static class RefusedSettings
{
    public static void Log(ILogger logger, OptionsValidationException error)
    {
        Diagnostics.Log.SettingsRefused(logger, error);
        foreach (var failure in error.Failures)
        {
            Diagnostics.Log.SettingWrong(logger, failure);
        }
    }
}
