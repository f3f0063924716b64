using System.Runtime.CompilerServices;
using Orchestrator.Cli.Output;
using Orchestrator.Secrets;

namespace Orchestrator.Cli.Commands.Doctor;

/// <summary>Which secrets are there, by name and place: every place is asked, under every name that a secret has. Values are never shown, nor kept.</summary>
internal sealed class SecretChecks(IReadOnlyList<ISecretProvider> providers)
{
    public async IAsyncEnumerable<DoctorCheck> AllAsync(IEnumerable<string> names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var place in providers.OfType<FileSecretProvider>())
        {
            yield return await CheckAsync(place, cancellationToken);
        }

        foreach (var place in providers.OfType<DirectorySecretProvider>())
        {
            var isThere = Directory.Exists(place.Path);
            yield return new DoctorCheck("secrets directory", isThere, Required: false, isThere ? place.Path : $"{place.Path} does not exist", "make it, with one file a secret, or take secrets:directory away");
        }

        foreach (var name in names)
        {
            yield return await CheckAsync(name, cancellationToken);
        }
    }

    private static async ValueTask<DoctorCheck> CheckAsync(FileSecretProvider place, CancellationToken cancellationToken)
    {
        try
        {
            // The name is nobody's: asking for it reads the file, and checks whose it is, to the end.
            _ = await place.GetSecretAsync("orchestrator-doctor", cancellationToken);
            var isThere = File.Exists(place.Path);
            return new DoctorCheck("secrets file", isThere, Required: false, isThere ? place.Path : $"{place.Path} does not exist", $"make it, with lines NAME=value and chmod 600, or take secrets:file away");
        }
        catch (SecretSourceException refused)
        {
            // Named by the user and not to be used: no key behind it can be found.
            return new DoctorCheck("secrets file", Ok: false, Required: true, refused.Message, Fix: null);
        }
    }

    private async ValueTask<DoctorCheck> CheckAsync(string name, CancellationToken cancellationToken)
    {
        var aliases = SecretNames.AliasesOf(name);
        var refusals = new List<string>();
        foreach (var known in aliases.Prepend(name))
        {
            var places = new List<string>();
            foreach (var provider in providers)
            {
                try
                {
                    if (await provider.GetSecretAsync(known, cancellationToken) is not null)
                    {
                        places.Add(PlaceOf(provider));
                    }
                }
                catch (SecretSourceException refused)
                {
                    refusals.Add(refused.Message);
                }
            }

            if (places.Count > 0)
            {
                var alias = known == name ? "" : $" as {known}";
                return new DoctorCheck(name, Ok: true, Required: false, $"set{alias} in {string.Join(" and ", places)} (its value is never shown)", Fix: null);
            }
        }

        var words = aliases.Count == 0 ? "not set" : $"not set, nor {string.Join(", ", aliases)}";
        return new DoctorCheck(
            name, Ok: false, Required: false, refusals.Count == 0 ? words : $"{words}; {refusals[0]}", $"export {name}=…, or put it into a secrets file, for the provider that needs it");
    }

    private static string PlaceOf(ISecretProvider provider) => provider switch
    {
        EnvironmentSecretProvider => "the environment",
        ConfigurationSecretProvider => "the user secrets of .NET",
        FileSecretProvider file => file.Path,
        DirectorySecretProvider directory => directory.Path,
        _ => provider.GetType().Name,
    };
}
