using System.Net;
using Microsoft.Extensions.Options;

namespace Orchestrator.Containers.Docker;

/// <summary>The rules of <see cref="DockerEngineOptions"/>; tells every broken one.</summary>
internal sealed class DockerEngineOptionsValidator : IValidateOptions<DockerEngineOptions>
{
    private const long MinLogBytes = 64 * 1024;
    private static readonly TimeSpan MinTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxConnect = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, DockerEngineOptions options)
    {
        var errors = new List<string>();
        if (DockerEndpoint.Find(options).Problem is { } problem)
        {
            errors.Add(problem);
        }

        Check(nameof(options.ConnectTimeout), options.ConnectTimeout, MaxConnect);
        Check(nameof(options.CallTimeout), options.CallTimeout, MaxTime);
        Check(nameof(options.EventSilence), options.EventSilence, MaxTime);
        if (options.MaxLogBytes < MinLogBytes)
        {
            errors.Add($"{nameof(options.MaxLogBytes)} must be at least {MinLogBytes}; it is {options.MaxLogBytes}.");
        }

        if (!IPAddress.TryParse(options.PublishAddress, out _))
        {
            errors.Add($"{nameof(options.PublishAddress)} must be an IP address; it is '{options.PublishAddress}'.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(string setting, TimeSpan value, TimeSpan maximum)
        {
            if (value < MinTime || value > maximum)
            {
                errors.Add($"{setting} must be between {MinTime} and {maximum}; it is {value}.");
            }
        }
    }
}
