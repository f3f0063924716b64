using System.Globalization;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Starting;

/// <summary>Builds the environment of an instance's processes: the specification's, and no more of this process' own than a program needs to run at all.</summary>
internal static class InstanceEnvironment
{
    /// <summary>Every process of an instance carries it; the value names the instance and the run.</summary>
    public const string InstanceMark = "ORCHESTRATOR_INSTANCE";

    /// <summary>Every process of a command carries it too.</summary>
    public const string CommandMark = "ORCHESTRATOR_COMMAND";

    private static readonly string[] Inherited =
    [
        "PATH", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME",
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
    ];

    /// <summary>The variables of an instance.</summary>
    /// <param name="specification">The instance.</param>
    /// <param name="directory">Its directory: home and temporary files are there.</param>
    /// <param name="endpoints">Its ports, told as <c>PORT</c> for the first and <c>PORT_1</c>, <c>PORT_2</c>, … for all.</param>
    /// <param name="mark">The run's mark, <c>NAME=value</c>.</param>
    public static Dictionary<string, string> Of(ContainerSpecification specification, InstanceDirectory directory, ValueList<ContainerEndpoint> endpoints, string mark)
    {
        var variables = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                variables[name] = value;
            }
        }

        foreach (var home in OperatingSystem.IsWindows() ? (string[])["USERPROFILE", "HOME"] : ["HOME"])
        {
            variables[home] = directory.Work;
        }

        foreach (var temporary in OperatingSystem.IsWindows() ? (string[])["TEMP", "TMP"] : ["TMPDIR"])
        {
            variables[temporary] = directory.Temporary;
        }

        Add(variables, specification.Environment);
        for (var i = 0; i < endpoints.Count; i++)
        {
            var port = endpoints[i].HostPort.ToString(CultureInfo.InvariantCulture);
            variables[string.Create(CultureInfo.InvariantCulture, $"PORT_{i + 1}")] = port;
            if (i == 0)
            {
                variables["PORT"] = port;
            }
        }

        var separator = mark.IndexOf('=', StringComparison.Ordinal);
        variables[mark[..separator]] = mark[(separator + 1)..];
        return variables;
    }

    /// <summary>Adds variables.</summary>
    /// <exception cref="ArgumentException">A name cannot be that of a variable.</exception>
    public static void Add(Dictionary<string, string> variables, IEnumerable<KeyValuePair<string, string>> more)
    {
        foreach (var (name, value) in more)
        {
            RequireName(name);
            variables[name] = value;
        }
    }

    /// <summary>Throws for what cannot be the name of a variable. Values are not looked at: they may be secrets.</summary>
    public static void RequireName(string name)
    {
        if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The name of an environment variable must not be empty, nor hold '=' or NUL.", nameof(name));
        }
    }
}
