import type { Finding } from '@sindri/core';
import { secondVolumeName } from '../planner/index.js';

/** What is wrong with one machine. */
export interface MachineFindings {
  /** The name of the machine; `null` = there is no other. */
  instance: string | null;
  /** The worst first. */
  findings: readonly Finding[];
}

/**
 * The findings of all machines, problems first. What is the same of each of them is told once, everything else with the machine that it is
 * about, in the commands too. Pure.
 */
export function mergeFindings(machines: readonly MachineFindings[]): Finding[] {
  const isOfAll = (finding: Finding): boolean => machines.every(({ findings }) => findings.some(same(finding)));
  const merged = machines.flatMap(({ instance, findings }, nth) =>
    findings.flatMap((finding): Finding[] => {
      if (instance === null) return [finding];
      if (isOfAll(finding)) return nth === 0 ? [finding] : [];
      return [atInstance(finding, instance, nth > 0)];
    }),
  );
  return worstFirst(merged);
}

/** Problems before warnings, and each as they came. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding): number => (severity === 'problem' ? 0 : 1);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

function same(finding: Finding): (other: Finding) => boolean {
  const text = JSON.stringify(finding);
  return (other) => JSON.stringify(other) === text;
}

/** Commands about one machine. The others are about the environment: a deploy, the keys. */
const takesInstance = /^sindri (?:exec|hold|start|restart|logs)\b/;

function atInstance(finding: Finding, instance: string, isSecond: boolean): Finding {
  const { id, severity, ...rest } = finding;
  const fix = finding.fix.map(({ text, command }) => ({
    text,
    command:
      command
        ?.replace(takesInstance, `$& --instance ${instance}`)
        .replace(/^sindri volume extend\b.*/, (line) => (isSecond ? `${line} --volume ${secondVolumeName}` : line)) ??
      null,
  }));
  return { id, severity, instance, ...rest, fix };
}
