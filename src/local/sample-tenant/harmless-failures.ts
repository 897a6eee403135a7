// The four harmless sources of failed portal sign-ins that the hunt's authors name. Each would be found were it not for
// the team's exclusion, and each has its own account and address.
import { type Instant, later, minutes, seconds } from "../../time.ts";
import { routes, userAgents } from "./applications.ts";
import { clock } from "./calendar.ts";
import { unregistered } from "./device.ts";
import { places } from "./places.ts";
import type { SignIn } from "./sign-in.ts";
import { type Stage, signIn } from "./stage.ts";
import type { Act } from "./story.ts";

const HUNT = "failed-portal-sign-in";
const wrong = { result: "50126", proof: "wrongPassword" } as const;

type Job = Pick<SignIn, "account" | "place" | "route" | "userAgent">;

/** A program that goes on trying the password it was given. */
function stubborn(stage: Stage, job: Job, begins: Instant, tries: number, everyMinutes: number): SignIn[] {
  return Array.from({ length: tries }, (_, n) =>
    signIn(stage, { ...job, ...wrong, at: later(begins, seconds(n * everyMinutes * 60 + 5)) }),
  );
}

export function harmlessFailures(stage: Stage): Act[] {
  const { night } = stage.calendar;
  const { services } = stage.company;
  const { monitoring, passwordReset, pipeline } = services;
  return [
    {
      name: "monitoring",
      told: "The monitoring job signs in to the portal with a password that was changed in the afternoon.",
      expected: {
        kind: "setAside",
        hunt: HUNT,
        exclusion: "monitoring-from-its-address",
        groups: [{ kind: "account", value: monitoring.id }],
      },
      signIns: stubborn(
        stage,
        { account: monitoring, place: places.monitoring, route: routes.portal, userAgent: userAgents.monitoring },
        clock(night, -1.9),
        9,
        6,
      ),
    },
    {
      name: "password-reset",
      told: "The password reset application is badly configured and tries its old password.",
      expected: {
        kind: "setAside",
        hunt: HUNT,
        exclusion: "password-reset-application",
        groups: [{ kind: "account", value: passwordReset.id }],
      },
      signIns: stubborn(
        stage,
        {
          account: passwordReset,
          place: places.passwordReset,
          route: routes.passwordReset,
          userAgent: userAgents.passwordReset,
        },
        clock(night, -0.9),
        7,
        6,
      ),
    },
    administratorTests(stage),
    {
      name: "pipeline",
      told: "A deployment pipeline signs in as a user, with credentials that nobody brought up to date.",
      expected: {
        kind: "setAside",
        hunt: HUNT,
        exclusion: "pipeline-from-its-address",
        groups: [{ kind: "account", value: pipeline.id }],
      },
      signIns: stubborn(
        stage,
        { account: pipeline, place: places.pipeline, route: routes.portal, userAgent: userAgents.headless },
        clock(night, 1 + 10 / 60),
        8,
        4,
      ),
    },
  ];
}

/** Resets passwords one after the other and tries each new one, in the portal and with the command line. */
function administratorTests(stage: Stage): Act {
  const begins = clock(stage.calendar.night, -4.5);
  const from = { place: places.administrators } as const;
  const browser = {
    route: routes.portal,
    userAgent: userAgents.edge,
    device: unregistered("Windows11", "Edge 142.0.0"),
  };
  const commandLine = { route: routes.azureCli, userAgent: userAgents.azureCli };
  const signIns = stage.cast.reset.flatMap(({ account }, index) => {
    const at = later(begins, minutes(index * 6));
    return [
      signIn(stage, { ...from, ...browser, ...wrong, at, account }),
      signIn(stage, { ...from, ...commandLine, ...wrong, at: later(at, seconds(50)), account }),
    ];
  });
  return {
    name: "administrator",
    told: `An administrator resets ${stage.cast.reset.length} passwords and tries them, too early, in the portal and with the Azure CLI.`,
    expected: {
      kind: "setAside",
      hunt: HUNT,
      exclusion: "administrators-way-out",
      groups: [{ kind: "source", value: places.administrators.address }],
    },
    signIns,
  };
}
