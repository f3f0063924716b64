// Runs every contestant in every case, in interleaved rounds, and prints the medians as Markdown: node driver.mjs JSON-OF-OPTIONS
// One process a run; a fresh database for each, so that nobody meets another's rows.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { rm, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { contestants } from './contestants.mjs';
import { print } from './report.mjs';

const options = JSON.parse(process.argv[2]);
const scale = options.quick ? 0.2 : 1;
const count = tasks => Math.max(400, Math.round(tasks * scale / 400) * 400);
const cases = {
  'enqueue, 1 caller': ['enqueue', { callers: 1, tasks: count(2000) }],
  'enqueue, 16 callers': ['enqueue', { callers: 16, tasks: count(16000) }],
  'batches of 100, 1 caller': ['batch', { callers: 1, size: 100, tasks: count(20000) }],
  'batches of 100, 16 callers': ['batch', { callers: 16, size: 100, tasks: count(40000) }],
  'drain': ['drain', { tasks: count(20000) }],
  'latency': ['latency', { perSecond: 50, seconds: options.quick ? 4 : 10 }],
};

const admin = new pg.Client({ connectionString: process.env.PEERS_ADMIN });
await admin.connect();

async function once(contestant, [kind, parameters]) {
  const folder = await mkdtemp(join(process.env.PEERS_DATA, 'run-'));
  await admin.query('DROP DATABASE IF EXISTS peers WITH (FORCE)');
  await admin.query('CREATE DATABASE peers');
  await admin.query('CHECKPOINT');
  const tasks = parameters.tasks && Math.max(400, parameters.tasks / (contestant.slow ?? 1));
  const line = await runProcess([...contestant.command, kind, JSON.stringify({ ...parameters, tasks })], { ...process.env, PEERS_RUN: folder });
  await rm(folder, { recursive: true, force: true });
  return line;
}

function runProcess([command, ...args], env) {
  return new Promise(resolve => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', error = '';
    child.stdout.on('data', data => { out += data; });
    child.stderr.on('data', data => { error += data; });
    const timer = setTimeout(() => child.kill('SIGKILL'), 180_000);
    child.on('close', code => {
      clearTimeout(timer);
      const line = out.split('\n').findLast(text => text.startsWith('{'));
      resolve(code === 0 && line ? JSON.parse(line) : { error: `exit code ${code}: ${(error || out).trim().slice(-500)}` });
    });
  });
}

const chosen = contestants(process.env).filter(c => !options.only.length || options.only.some(name => c.name.startsWith(name)));
const chosenCases = Object.entries(cases).filter(([name]) => !options.cases.length || options.cases.some(start => name.startsWith(start)));
const results = [];
for (let round = 0; round < options.rounds; round++) {
  for (const [caseName, definition] of chosenCases) {
    for (let i = 0; i < chosen.length; i++) {
      const contestant = chosen[(i + round) % chosen.length];
      if (contestant.cases && !contestant.cases.includes(definition[0])) continue;
      const result = { contestant: contestant.name, case: caseName, round, ...await once(contestant, definition) };
      results.push(result);
      const json = JSON.stringify(result);
      if (options.json) appendFileSync(options.json, `${json}\n`);
      console.error(json);
    }
  }
}

await admin.end();
print(results, chosen.map(c => c.name), chosenCases.map(([name]) => name), options);
process.exit(results.some(result => result.error) ? 1 : 0);
