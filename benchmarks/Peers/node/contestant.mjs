// Runs one contestant in one case and prints one line of JSON: node contestant.mjs NAME CASE PARAMETERS
//
// A contestant is a module with open(mode), which gives
//   enqueue(payload)      one task, durable when the promise is fulfilled
//   enqueueMany(payloads) the same for many, in the contestant's best way
//   work(handler)         runs 16 at once; handler(payload) for each; gives a function that stops it when all is written
//   isEmpty()             whether no unfinished task is left in its store
//   close()
// Contestants/*.cs and Cases.cs are the same for .NET: what one of them changes, the other must change too.
import { performance } from 'node:perf_hooks';

const [name, caseName, parameters = '{}'] = process.argv.slice(2);
const p = JSON.parse(parameters);
const [module, mode = ''] = name.split(':');
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const payload = () => ({ at: performance.now(), note: 'a small payload of about one hundred bytes, the same for every contestant of the run' });
const payloads = count => Array.from({ length: count }, payload);

async function enqueue(queue, tasks, callers, size) {
  let left = tasks;
  const began = performance.now();
  await Promise.all(Array.from({ length: callers }, async () => {
    while (left > 0) {
      left -= size;
      await (size === 1 ? queue.enqueue(payload()) : queue.enqueueMany(payloads(size)));
    }
  }));
  return tasks / (performance.now() - began) * 1000;
}

async function drain(queue, tasks) {
  for (let added = 0; added < tasks; added += 500) await queue.enqueueMany(payloads(Math.min(500, tasks - added)));
  await queue.settle?.();
  let done = 0;
  const began = performance.now();
  const stop = await queue.work(() => { done++; });
  while (done < tasks || !await queue.isEmpty()) await pause(2);
  const rate = tasks / (performance.now() - began) * 1000;
  await stop();
  if (done !== tasks) throw new Error(`${done} tasks ran, not ${tasks}`);
  return rate;
}

async function latency(queue, perSecond, seconds) {
  const samples = [];
  const stop = await queue.work(task => { samples.push(performance.now() - task.at); });
  const warm = perSecond;
  const count = perSecond * seconds + warm;
  const began = performance.now();
  const sent = [];
  for (let i = 0; i < count; i++) {
    await pause(Math.max(0, began + i * 1000 / perSecond - performance.now()));
    sent.push(queue.enqueue(payload()));
  }
  await Promise.all(sent);
  while (samples.length < count) await pause(5);
  await stop();
  const sorted = samples.slice(warm).sort((a, b) => a - b);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}

const cases = {
  enqueue: async queue => {
    await enqueue(queue, 1600, p.callers, 1);
    return { rate: await enqueue(queue, p.tasks, p.callers, 1) };
  },
  batch: async queue => {
    await enqueue(queue, 5000, p.callers, p.size);
    return { rate: await enqueue(queue, p.tasks, p.callers, p.size) };
  },
  drain: async queue => {
    await drain(queue, p.tasks / 2); // warms up: compilers of both platforms need a second or so
    return { rate: await drain(queue, p.tasks) };
  },
  latency: queue => latency(queue, p.perSecond, p.seconds),
};

const queue = await (await import(`./${module}.mjs`)).open(mode);
const figures = await cases[caseName](queue);
await queue.close();
console.log(JSON.stringify(figures));
process.exit(0);
