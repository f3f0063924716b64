// The medians of all rounds as Markdown, and ours as ratios to everybody else's.
const ours = ['orchestrator-sqlite', 'orchestrator-postgresql'];

const median = values => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const whole = value => Math.round(value).toLocaleString('en-US');
const row = cells => console.log(`| ${cells.join(' | ')} |`);

export function print(results, contestants, cases, options) {
  const figure = (contestant, caseName, field) => {
    const values = results.filter(r => r.contestant === contestant && r.case === caseName && r[field] !== undefined).map(r => r[field]);
    return values.length ? median(values) : undefined;
  };
  const present = contestants.filter(c => results.some(r => r.contestant === c && !r.error));
  console.log(`\nMedians of ${options.rounds} interleaved rounds; tasks a second, latency p50 / p99 in ms at 50 a second. ${options.caption}\n`);
  row(['contestant', ...cases]);
  row(['---', ...cases.map(() => '---:')]);
  for (const contestant of present) {
    row([contestant, ...cases.map(name => {
      const rate = figure(contestant, name, 'rate');
      if (rate !== undefined) return whole(rate);
      const p50 = figure(contestant, name, 'p50');
      return p50 === undefined ? '-' : `${p50.toFixed(1)} / ${figure(contestant, name, 'p99').toFixed(1)}`;
    })]);
  }

  for (const mine of ours.filter(name => present.includes(name))) {
    const others = present.filter(name => name !== mine);
    if (others.length === 0) continue;
    console.log(`\nHow many times as good ${mine} is as the others (above 1: better; latency by its p50).\n`);
    row(['contestant', ...cases]);
    row(['---', ...cases.map(() => '---:')]);
    for (const other of others) {
      row([other, ...cases.map(name => {
        const rates = [figure(mine, name, 'rate'), figure(other, name, 'rate')];
        const waits = [figure(other, name, 'p50'), figure(mine, name, 'p50')];
        const [above, below] = rates[0] !== undefined ? rates : waits;
        return above === undefined || below === undefined ? '-' : (above / below).toFixed(2);
      })]);
    }
  }

  const errors = results.filter(r => r.error);
  for (const { contestant, case: name, error } of errors) console.log(`\nFAILED: ${contestant}, ${name}: ${error}`);
}
