import { appendFile } from 'node:fs/promises';
import type { Plan } from '@sindri/core';
import type { Shell } from '../shell.js';
import { inGitHubActions } from './inert.js';
import { markdownPlan } from './markdown-plan.js';

/** Adds a plan to the summary of the step, where there is one. What cannot be written there is told, and stops nothing. */
export async function summarizePlan(plan: Plan, shell: Shell): Promise<void> {
  const file = shell.env['GITHUB_STEP_SUMMARY'];
  if (!inGitHubActions(shell.env) || file === undefined || file === '') return;
  try {
    await appendFile(file, `${markdownPlan(shell.redactor.value(plan))}\n`);
  } catch (error) {
    shell.say(() => `The summary of the step could not be written: ${(error as Error).message}`);
  }
}
