import type { ComponentChildren } from 'preact';
import { CallsView } from './calls-view.tsx';
import { ComputersView } from './computers-view.tsx';
import { IssuesView } from './issues-view.tsx';
import { PeopleView } from './people-view.tsx';
import type { Route } from './route.ts';
import { StepsView } from './steps-view.tsx';

export function CurrentView({ route }: { route: Route }): ComponentChildren {
  switch (route.view) {
    case 'people':
      return <PeopleView route={route} />;
    case 'calls':
      return <CallsView route={route} />;
    case 'steps':
      return <StepsView />;
    case 'computers':
      return <ComputersView route={route} />;
    case 'issues':
      return <IssuesView />;
  }
}
