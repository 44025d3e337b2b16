import type { LineForm } from './line-form.ts';

const NAMES = 'time|ts|t|timestamp|@timestamp|datetime|date|eventTime|asctime';
const JSON_KEY = new RegExp(String.raw`"(?:${NAMES})"\s*:\s*["\d]`, 'i');
const LOGFMT_KEY = new RegExp(String.raw`(?:^|\s)(?:${NAMES})=["\d]`, 'i');
/** Of other lines a time is looked for in their beginning. */
const HEAD = 80;
/** ISO 8601, `2024/05/01 12:00:00`, `01/May/2024:12:00:00`, `May  1 12:00:00`, `12:00:00.123`, or seconds since 1970. */
const TIME =
  /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|(?:^|[\s[(])\d\d:\d\d:\d\d|(?:^|[\s[(])1[0-9]{9}(?:\.\d+|\d{3})?(?:$|[\s\])])/;

/** Whether a line says when. */
export function saysTime(line: string, form: LineForm): boolean {
  if (form === 'klog') return true;
  if (form === 'json' || form === 'broken_json') return JSON_KEY.test(line);
  return (form === 'logfmt' && LOGFMT_KEY.test(line)) || TIME.test(line.slice(0, HEAD));
}
