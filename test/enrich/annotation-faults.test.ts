import { expect, test } from 'vitest';
import { AnnotationFaults } from '../../agent/enrich/annotation-faults.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { podLike } from './some-pods.ts';

test('an annotation without effect is spoken of once, with its pod and the beginning of its value', async () => {
  const clock = new FakeClock();
  const recorder = new LogRecorder();
  const faults = new AnnotationFaults(recorder.throttled(clock));
  const pod = podLike({ annotations: { one: 'x'.repeat(1000), two: 'no' } });
  for (let hour = 0; hour < 3; hour += 1) {
    faults.say({ ...pod }, ['one', 'two']);
    await clock.advance(3_600_000);
  }
  faults.say(podLike({ uid: 'u-2', annotations: { one: 'y' } }), ['one']);
  const about = { namespace: 'shop', pod: 'cart-7d4b9c-x2x4p' };
  expect(recorder.said.map(({ fields }) => fields)).toStrictEqual([
    { ...about, annotation: 'one', value: 'x'.repeat(64) },
    { ...about, annotation: 'two', value: 'no' },
    { ...about, annotation: 'one', value: 'y' },
  ]);
});

test('I3 of many only the last thousand are remembered', async () => {
  const clock = new FakeClock();
  const recorder = new LogRecorder();
  const faults = new AnnotationFaults(recorder.throttled(clock));
  const say = (n: number): void => faults.say(podLike({ uid: `u-${n}`, annotations: { one: '' } }), ['one']);
  for (let n = 0; n < 1100; n += 1) say(n);
  expect(recorder.said).toHaveLength(1100);
  await clock.advance(3_600_000);
  say(1099);
  expect(recorder.said).toHaveLength(1100);
  say(0);
  expect(recorder.said).toHaveLength(1101);
});
