import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Refusal } from '@sluice/money';
import type { RolloutWish, RuleRolloutInput, RuleRolloutView } from '../rule-rollout-contract.ts';
import { searchAttributes } from '../search-attributes.ts';
import { database } from './activity-proxies.ts';
import { failWith, isRefusal, requireWhole } from './refusals.ts';
import { describeRollout, stageText } from './rule-rollout-page.ts';

/** Has it grow no more until it is resumed. */
export const pauseRollout = defineSignal<[RolloutWish]>('pauseRollout');

/** Has it go on where it paused, counting anew. */
export const resumeRollout = defineSignal('resumeRollout');

/** Ends it at once, with what was in force before it in force again; answers where it stands. */
export const rollBackRollout = defineUpdate<RuleRolloutView, [RolloutWish]>('rollBackRollout');

/** Where the rollout stands, as of its last look; null before the first. */
export const ruleRolloutView = defineQuery<RuleRolloutView | null>('ruleRolloutView');

const maxEveryMs = 24 * 3_600_000;

/**
 * Rolls a draft of a rule set out, stage by stage. The rollout is in PostgreSQL, and what every
 * settled redemption came to by both rules is counted there; this is the clock that holds it
 * against the gate, lets it grow, and pauses it by itself. Cancelled, it rolls back.
 */
export async function ruleRollout(input: RuleRolloutInput): Promise<RuleRolloutView> {
  const { setId, everyMs } = input;
  requireWhole('everyMs', everyMs, { min: 1, max: maxEveryMs });
  const rollout = new Rollout(input);
  if (input.progress === undefined) {
    upsertSearchAttributes([
      { key: searchAttributes.ruleSetId, value: setId },
      { key: searchAttributes.needsOperator, value: false },
    ]);
  }
  try {
    const view = await rollout.run();
    await condition(allHandlersFinished);
    return view;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      await rollout.rollBack({ reason: 'its workflow was cancelled' });
      await condition(allHandlersFinished);
    });
    throw error;
  }
}

class Rollout {
  readonly #input: RuleRolloutInput;
  #view: RuleRolloutView | null;
  #pauseWish: RolloutWish | null = null;
  #resumeWish = false;

  constructor(input: RuleRolloutInput) {
    this.#input = input;
    this.#view = input.progress ?? null;
    if (this.#view !== null) setCurrentDetails(describeRollout(input, this.#view));
    setHandler(ruleRolloutView, () => this.#view, { description: 'stage, figures and verdict' });
    setHandler(pauseRollout, (wish) => void (this.#pauseWish = wish), {
      description: 'grow no more until it is resumed; give a reason',
    });
    setHandler(resumeRollout, () => void (this.#resumeWish = true), {
      description: 'go on in the stage that it paused in, counting anew',
    });
    setHandler(rollBackRollout, (wish: RolloutWish) => this.rollBack(wish), {
      description: 'end it: what was in force before is in force again, under a higher version',
      validator: this.#refuseWhenEnded,
    });
  }

  async run(): Promise<RuleRolloutView> {
    for (;;) {
      const view = await this.#next();
      if (hasEnded(view)) return view;
      const goesOn = view.state === 'running' && view.verdict === 'go';
      if (!goesOn) await this.#wait(view);
      if (workflowInfo().continueAsNewSuggested && !this.#isAsked() && allHandlersFinished()) {
        await continueAsNew<typeof ruleRollout>({ ...this.#input, progress: view });
      }
    }
  }

  async rollBack({ reason }: RolloutWish): Promise<RuleRolloutView> {
    const { rolloutId } = this.#input;
    const view = await database.rollBackRollout.executeWithOptions(
      { summary: `back to what was in force before: ${reason}` },
      [{ rolloutId, reason }],
    );
    return this.#show(view);
  }

  /** One step of the rollout: a person's wish first, then what the gate let go, then a look. */
  async #next(): Promise<RuleRolloutView> {
    const { rolloutId } = this.#input;
    const view = this.#view;
    if (view === null) return this.#look('where it stands');
    if (hasEnded(view)) return view;
    const [wish, resumes] = [this.#pauseWish, this.#resumeWish];
    this.#pauseWish = null;
    this.#resumeWish = false;
    if (wish !== null && view.state === 'running') {
      const summary = `paused: ${wish.reason}`;
      const asked = { rolloutId, reason: wish.reason };
      return this.#show(await database.pauseRollout.executeWithOptions({ summary }, [asked]));
    }
    if (resumes && view.state === 'paused') {
      const summary = `resumed: ${stageText(view)}, counting anew`;
      const asked = { rolloutId, afterStep: view.step };
      return this.#show(await database.resumeRollout.executeWithOptions({ summary }, [asked]));
    }
    if (view.state === 'running' && view.verdict === 'go') {
      const summary = `on from ${stageText(view)}: ${view.reason}`;
      const asked = { rolloutId, afterStep: view.step };
      return this.#show(await database.growRollout.executeWithOptions({ summary }, [asked]));
    }
    return this.#look(`${stageText(view)}: hold it to the gate`);
  }

  async #look(summary: string): Promise<RuleRolloutView> {
    const { rolloutId } = this.#input;
    return this.#show(
      await database.lookAtRollout.executeWithOptions({ summary }, [{ rolloutId }]),
    );
  }

  /** Until a person wants something, or it is time to look; paused, nothing is looked at. */
  async #wait(view: RuleRolloutView): Promise<void> {
    const isNext = (): boolean => this.#isAsked() || (this.#view !== null && hasEnded(this.#view));
    if (view.state === 'paused') await condition(isNext);
    else await condition(isNext, this.#input.everyMs, { summary: view.reason });
  }

  #isAsked(): boolean {
    return this.#pauseWish !== null || this.#resumeWish;
  }

  /** What an activity that was under way says of a rollout that has ended meanwhile is old. */
  #show(answer: RuleRolloutView | Refusal): RuleRolloutView {
    if (isRefusal(answer)) failWith(answer);
    const before = this.#view;
    if (before !== null && hasEnded(before)) return before;
    this.#view = answer;
    setCurrentDetails(describeRollout(this.#input, answer));
    const needsOperator = answer.state === 'paused';
    if (needsOperator !== (before?.state === 'paused')) {
      upsertSearchAttributes([{ key: searchAttributes.needsOperator, value: needsOperator }]);
    }
    return answer;
  }

  readonly #refuseWhenEnded = (_wish: RolloutWish): void => {
    const { rolloutId } = this.#input;
    if (this.#view === null || !hasEnded(this.#view)) return;
    failWith({
      code: 'ROLLOUT_ENDED',
      message: `rollout ${rolloutId} is ${this.#view.state}: what is in force is not its doing`,
      details: { rolloutId, state: this.#view.state },
    });
  };
}

function hasEnded({ state }: RuleRolloutView): boolean {
  return state !== 'running' && state !== 'paused';
}
