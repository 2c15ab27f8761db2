package io.synod;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The structure of the code: top-level types, their packages, and the dependencies between types.
 */
final class Structure {
  private final Map<String, Set<String>> arrows = new TreeMap<>();
  // By the simple name of a nested type: the top-level types that have one of that name.
  private final Map<String, Set<String>> nested = new TreeMap<>();

  /** Reads compiled classes; the dependencies of a nested type count as its top-level type's. */
  Structure(JavaClasses classes) {
    for (JavaClass type : classes) {
      if (type.getSimpleName().equals("package-info")) {
        continue;
      }
      noteNested(type);
      Set<String> used = arrows.computeIfAbsent(topLevel(type), name -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = topLevel(dependency.getTargetClass().getBaseComponentType());
        if (classes.contain(target) && !target.equals(topLevel(type))) {
          used.add(target);
        }
      }
    }
  }

  private void noteNested(JavaClass type) {
    JavaClass outer = type.getEnclosingClass().orElse(null);
    if (outer != null && !type.isAnonymousClass() && !type.isAssignableTo(outer.getName())) {
      nested.computeIfAbsent(type.getSimpleName(), name -> new TreeSet<>()).add(topLevel(type));
    }
  }

  private static String topLevel(JavaClass type) {
    JavaClass top = type;
    while (top.getEnclosingClass().isPresent()) {
      top = top.getEnclosingClass().get();
    }
    return top.getName();
  }

  private static String packageOf(String type) {
    return type.substring(0, type.lastIndexOf('.'));
  }

  /** The top-level types of each package. */
  Map<String, List<String>> rooms() {
    Map<String, List<String>> rooms = new TreeMap<>();
    for (String type : arrows.keySet()) {
      rooms
          .computeIfAbsent(packageOf(type), name -> new ArrayList<>())
          .add(type.substring(type.lastIndexOf('.') + 1));
    }
    return rooms;
  }

  /** Which packages the types of each package use. */
  Map<String, Set<String>> doors() {
    Map<String, Set<String>> doors = new TreeMap<>();
    arrows.forEach(
        (type, used) -> {
          Set<String> to = doors.computeIfAbsent(packageOf(type), name -> new TreeSet<>());
          used.forEach(other -> to.add(packageOf(other)));
          to.remove(packageOf(type));
        });
    return doors;
  }

  /** The simple names of more than one top-level type. */
  Set<String> namesUsedTwice() {
    Set<String> seen = new TreeSet<>();
    Set<String> twice = new TreeSet<>();
    for (String type : arrows.keySet()) {
      String name = type.substring(type.lastIndexOf('.') + 1);
      if (!seen.add(name)) {
        twice.add(name);
      }
    }
    return twice;
  }

  /**
   * The simple names that nested types of more than two top-level types bear. A nested type that is
   * a kind of its enclosing type does not count: code always names both, as in {@code
   * Message.Accepted}.
   */
  Map<String, Set<String>> nestedNamesUsedOften() {
    Map<String, Set<String>> often = new TreeMap<>(nested);
    often.values().removeIf(types -> types.size() <= 2);
    return often;
  }

  /** The cycles of types: sets in which each type depends, directly or not, on each other. */
  List<List<String>> circlesOfTypes() {
    return circles(arrows);
  }

  /** The cycles of packages. */
  List<List<String>> circlesOfPackages() {
    return circles(doors());
  }

  private static List<List<String>> circles(Map<String, Set<String>> graph) {
    Tarjan search = new Tarjan(graph);
    graph.keySet().forEach(search::visit);
    return search.circles;
  }

  /** Tarjan's search for strongly connected components. */
  private static final class Tarjan {
    private final Map<String, Set<String>> graph;
    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<List<String>> circles = new ArrayList<>();

    private Tarjan(Map<String, Set<String>> graph) {
      this.graph = graph;
    }

    private int visit(String node) {
      Integer known = lowest.get(node);
      if (known != null) {
        return known;
      }
      int here = order.size();
      order.put(node, here);
      lowest.put(node, here);
      open.push(node);
      int low = here;
      for (String next : graph.getOrDefault(node, Set.of())) {
        if (!order.containsKey(next)) {
          low = Math.min(low, visit(next));
        } else if (open.contains(next)) {
          low = Math.min(low, order.getOrDefault(next, low));
        }
      }
      lowest.put(node, low);
      if (low == here) {
        List<String> component = new ArrayList<>();
        String popped;
        do {
          popped = open.pop();
          component.add(popped);
        } while (!popped.equals(node));
        if (component.size() > 1) {
          Collections.sort(component);
          circles.add(component);
        }
      }
      return low;
    }
  }
}
