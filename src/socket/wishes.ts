/** What an application asks to be sent: subscriptions and groups, where the socket's type has them. RFC 29 and 48. */
import { fault } from "./errno.js";
import type { Pattern } from "./pattern.js";
import { XPublisherPattern } from "./patterns/publish.js";
import { DishPattern } from "./patterns/radio-dish.js";
import { SubscriberPattern } from "./patterns/subscribe.js";
import type { Settings } from "./settings.js";

/** A SUB subscribes for itself. A `manual` XPUB decides what its peers are subscribed to. */
export function subscribe(pattern: Pattern, prefix: Uint8Array, wanted: boolean, { manual }: Settings): void {
  const subscribes = pattern instanceof SubscriberPattern && pattern.type === "SUB";
  const decides = pattern instanceof XPublisherPattern && manual;
  if (!subscribes && !decides) throw fault("EINVAL");
  pattern.subscribe(prefix, wanted);
}

/** A DISH joins a group, or leaves it. */
export function join(pattern: Pattern, group: Uint8Array, wanted: boolean): void {
  if (!(pattern instanceof DishPattern)) throw fault("EINVAL");
  pattern.join(group, wanted);
}
