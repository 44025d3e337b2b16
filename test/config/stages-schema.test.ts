import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { stagesSchema } from '../../agent/config/stages-schema.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

describe('stages', () => {
  it('are none by default', () => {
    expect(stagesSchema.parse(undefined)).toEqual([]);
  });

  it('stay in the order in which they are written, a name as often as it is', () => {
    const text = `${OUTPUTS}
stages:
  - redact: {shapes: [ipv4, email], replacement: "***"}
  - level: {}
  - redact: {shapes: [jwt]}
`;
    const loaded = parseConfig('f.yaml', text, { env: {}, hostname: 'host-1' });
    expect(loaded.ok && loaded.config.stages).toEqual([
      { redact: { shapes: ['ipv4', 'email'], replacement: '***' } },
      { level: { drop: [] } },
      { redact: { shapes: ['jwt'], replacement: '[redacted:{shape}]' } },
    ]);
  });

  it('every problem of them is named, with its place and the nearest name', () => {
    const text = `${OUTPUTS}
stages:
  - levels: {}
  - {}
  - level: {}
    redact: {shapes: [jwt]}
  - redact:
      shapes: [emial, ipv4, ipv4]
      replacment: x
  - redact: {shapes: []}
  - redact: {}
  - level
  - level: {words: [x], drop: [verbose, DEBUG]}
  - match: {selector: '{app=cart}'}
  - match:
      selector: '{app="cart"}'
      action: drp
      stages:
        - match: {selector: '{app="x"} |~ "("', stages: [{levels: {}}]}
  - match: {selector: '{app="x"}', action: drop, stages: [{level: {}}], pipeline_name: ""}
  - match: {selector: '{app="x"}', stages: [{level: {}}, {multiline: {rules: [java]}}]}
  - redact: {shapes: [ipv6], replacement: "${'x'.repeat(129)}"}
`;
    expect(problemsOf(text)).toEqual([
      'f.yaml:3:5 stages[0].levels: unknown key, did you mean level?',
      'f.yaml:4:5 stages[1]: names no stage, write one of cri, decolorize, docker, drop, json, labelallow, labeldrop, labels, level, limit, logfmt, match, metrics, multiline, output, pack, redact, regex, replace, sampling, static_labels, structured_metadata, template, tenant, timestamp',
      'f.yaml:5:5 stages[2]: more than one stage, write each as an item of its own',
      'f.yaml:8:16 stages[3].redact.shapes[0]: found the text "emial", want one of email, card, jwt, bearer, aws_access_key, private_key, ipv4, ipv6; did you mean email?',
      'f.yaml:8:29 stages[3].redact.shapes[2]: listed twice, remove one',
      'f.yaml:9:7 stages[3].redact.replacment: unknown key, did you mean replacement?',
      'f.yaml:10:22 stages[4].redact.shapes: an empty list, write at least one of email, card, jwt, bearer, aws_access_key, private_key, ipv4, ipv6',
      'f.yaml:11:13 stages[5].redact: looks for nothing, write shapes or patterns',
      'f.yaml:12:5 stages[6]: found the text "level", want a mapping of keys to values',
      'f.yaml:13:13 stages[7].level.words: unknown key, remove it; known here: drop',
      'f.yaml:13:32 stages[7].level.drop[0]: found the text "verbose", want one of trace, debug, info, warn, error, critical, fatal',
      'f.yaml:13:41 stages[7].level.drop[1]: found the text "DEBUG", want one of trace, debug, info, warn, error, critical, fatal; did you mean debug?',
      'f.yaml:14:5 stages[8].match.stages: no stages, write what is to be done, or action: drop',
      'f.yaml:14:23 stages[8].match.selector: column 6: a text is missing, write it in double quotes or backticks',
      'f.yaml:17:15 stages[9].match.action: found the text "drp", want one of keep, drop; did you mean drop?',
      'f.yaml:19:29 stages[9].match.stages[0].match.selector: column 14: has a ( without its ), write \\( for a parenthesis',
      'f.yaml:19:59 stages[9].match.stages[0].match.stages[0].levels: unknown key, did you mean level?',
      'f.yaml:20:58 stages[10].match.stages: stages of entries that are dropped, remove them',
      'f.yaml:20:88 stages[10].match.pipeline_name: empty, leave it out',
      'f.yaml:22:43 stages[12].redact.replacement: too long, write at most 128 bytes',
    ]);
  });
});
