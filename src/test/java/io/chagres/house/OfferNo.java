package io.chagres.house;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** The condition that no public or protected member has one of these types in its signature or as a type argument. */
final class OfferNo extends ArchCondition<JavaClass> {
    private final DescribedPredicate<? super JavaClass> hidden;

    OfferNo(DescribedPredicate<? super JavaClass> hidden) {
        super("offer no " + hidden.getDescription());
        this.hidden = hidden;
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        type.getMembers().stream()
                .filter(OfferNo::isOffered)
                .filter(this::shows)
                .forEach(member -> events.add(
                        SimpleConditionEvent.violated(member, member.getDescription() + " has one in its signature")));
    }

    private static boolean isOffered(JavaMember member) {
        return member.getModifiers().contains(PUBLIC) || member.getModifiers().contains(PROTECTED);
    }

    private boolean shows(JavaMember member) {
        return signature(member)
                .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .map(JavaClass::getBaseComponentType)
                .anyMatch(hidden);
    }

    private static Stream<JavaType> signature(JavaMember member) {
        return member instanceof JavaCodeUnit unit
                ? Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
                : Stream.of(((JavaField) member).getType());
    }
}
