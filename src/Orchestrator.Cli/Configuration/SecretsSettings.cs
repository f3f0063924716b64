using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Cli.Configuration;

/// <summary>Where keys are found beside the environment: a file, a mounted directory, .NET user secrets. Set by the user alone, see <see cref="RepositorySettings"/>.</summary>
internal sealed record SecretsSettings
{
    /// <summary>A file of lines <c>NAME=value</c>.</summary>
    public string? File { get; private set; }

    /// <summary>A directory with one file a secret.</summary>
    public string? Directory { get; private set; }

    /// <summary>What the user's secrets of .NET hold; <see langword="null"/> when none are named.</summary>
    public IConfiguration? UserSecrets { get; private set; }

    /// <summary>Reads section <c>secrets</c>.</summary>
    public static SecretsSettings Read(IConfigurationSection section, List<string> errors)
    {
        var settings = new SecretsSettings();
        var reader = new SettingReader(section, errors);
        reader.Text("file", value => settings.File = Place(value));
        reader.Text("directory", value => settings.Directory = Place(value));
        reader.Text("userSecrets", value => settings.UserSecrets = UserSecretsOf(value));
        reader.RejectUnknown();
        return settings;
    }

    /// <summary>Adds the places.</summary>
    public void AddTo(IAgentProvidersBuilder builder)
    {
        if (UserSecrets is not null)
        {
            builder.AddConfigurationSecrets();
        }

        if (File is not null)
        {
            builder.AddSecretFile(File);
        }

        if (Directory is not null)
        {
            builder.AddSecretDirectory(Directory);
        }
    }

    // A path below the current directory would often be one in a repository, whose authors are not trusted.
    private static string Place(string path) => Path.IsPathFullyQualified(path) || path.StartsWith("~/", StringComparison.Ordinal)
        ? path
        : throw new FormatException("it must be an absolute path, or begin with ~/.");

    private static IConfigurationRoot UserSecretsOf(string id)
    {
        if (!Identifiers.IsName(id))
        {
            throw new FormatException("it must be the id that `dotnet user-secrets` was given.");
        }

        try
        {
            return new ConfigurationBuilder().AddUserSecrets(id).Build();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // The parser's own words may show a piece of the file.
            throw new FormatException($"the secrets of '{id}' cannot be read: they must be a JSON file that this user may read.", error);
        }
    }
}
